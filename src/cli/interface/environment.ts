/** Every variable that hardcall reads, and every one that it gives to what it starts. */
export const ENVIRONMENT: readonly {
  readonly title: string;
  readonly variables: Readonly<Record<string, string>>;
}[] = [
  {
    title: "Variables that hardcall reads",
    variables: {
      "HARDCALL_<NAME>_TIMEOUT": "Replaces --timeout of the call NAME. NAME is in capitals, with _ for -.",
      "HARDCALL_<NAME>_ATTEMPT_TIMEOUT": "Replaces --attempt-timeout of that call.",
      "HARDCALL_<NAME>_IDLE_TIMEOUT": "Replaces --idle-timeout of that call.",
      "HARDCALL_<NAME>_ATTEMPTS":
        "Replaces --attempts of that call; it cannot allow repeats that --attempts did not.",
      HARDCALL_LEDGER:
        "The ledger: a file, as an absolute path or from ~/ on, or a postgres:// URL. --ledger wins.",
      HARDCALL_RESOURCES:
        "The file that defines resources. Otherwise hardcall.resources.json in the working folder.",
      "HARDCALL_RESOURCE_<NAME>_CONCURRENCY":
        "Replaces concurrency of the resource NAME. So do _RATE_STARTS, _RATE_PER, _BUDGET_USD, _BUDGET_PER, _FAILURES and _COOLDOWN. None adds a limit that is not defined.",
      HARDCALL_JOURNAL: "1 records every call in the ledger, as --journal does.",
      HARDCALL_SPAWN_HELPER:
        "on: a small process beside hardcall starts the commands. off: hardcall starts them itself. auto, the default: on, once hardcall takes 256 MiB of memory.",
      PGPASSWORD:
        "The password of a ledger in Postgres whose URL has none. PGPASSFILE and PGUSER work as in psql, too.",
      HARDCALL_LOG_LEVEL: "silent, error, warn, info, debug, fatal or trace. --log-level wins.",
      XDG_STATE_HOME:
        "The folder for hardcall/ledger.db, if it is an absolute path. Otherwise ~/.local/state.",
      XDG_CACHE_HOME:
        "The folder for hardcall/compiled, where the command line keeps its compiled code, if it is an absolute path. Otherwise ~/.cache.",
      NODE_DISABLE_COMPILE_CACHE: "1 keeps no compiled code; each start then takes a little longer.",
      HARDCALL_KEY: "dedupe: the owner of a reservation. hardcall run --key sets it for its command.",
      HARDCALL_CALL_ID: "dedupe: the owner of a reservation without HARDCALL_KEY and --call.",
      NO_COLOR: "If it is not empty, hardcall writes no colours.",
      FORCE_COLOR: "hardcall writes colours even if stdout is not a terminal; 0 means none.",
      TERM: "dumb means no colours.",
    },
  },
  {
    title: "Variables that hardcall sets for the command and for evidence commands",
    variables: {
      HARDCALL_CALL_ID: "The id of the call, as in the ledger and in logs.",
      HARDCALL_KEY: "The key of the call, if it has one. A probe gets it too.",
      HARDCALL_ATTEMPT: "The number of the attempt: 1, 2, 3 …",
      HARDCALL_STARTED_AT: "Evidence commands only: when the call started (ISO 8601).",
      HARDCALL_CALLS: "How hardcall finds the processes that belong to a call. Leave it as it is.",
    },
  },
  {
    title: "Variables that a sentinel's alert command gets",
    variables: {
      HARDCALL_ALERT_ID: "The same for each delivery of one alert, so a receiver can drop repeats.",
      HARDCALL_ALERT_TITLE: "The alert in one line.",
      HARDCALL_ALERT_SENTINEL: "The name of the sentinel.",
      HARDCALL_ALERT_KIND: "alert, worse, reminder or recovered.",
      HARDCALL_ALERT_VERDICT: "ok, late, silent or unknown.",
    },
  },
];
