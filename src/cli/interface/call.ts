import type { Options } from "./command.ts";
import { ledgerFile } from "./ledger-file.ts";

/** The options that `hardcall run` and the agents (`hardcall claude`, `codex`, `gemini`) share, by their headings in the help. */

export const LIMITS = {
  timeout: {
    takes: "duration",
    value: "D",
    help: "Limit for the whole call: all attempts and the waits between them. Required.",
  },
  "attempt-timeout": { takes: "duration", value: "D", help: "Limit for one attempt." },
  "idle-timeout": {
    takes: "duration",
    value: "D",
    help: "Limit for the time without a sign of life: output of a command (stdout or stderr), an event of an agent.",
  },
  "kill-grace": {
    takes: "duration",
    value: "D",
    default: "5s",
    help: "Time that a process has between SIGTERM and SIGKILL. Windows has none.",
  },
} as const satisfies Options;

export const REPEATS = {
  effects: {
    takes: "choice",
    choices: ["none", "keyed", "verifiable", "once"],
    default: "once",
    help: "What a repeat would do. none: no harm. keyed: nothing, if the service honours the key. verifiable: --probe can tell. once: harm.",
  },
  attempts: {
    takes: "number",
    value: "N",
    help: "How often the call may start, at most. Needs --effects none, or --key with --effects keyed or verifiable. Default: 1.",
  },
  key: {
    takes: "text",
    value: "K",
    help: "Names the piece of work. A later call with this key and the same input gets the first result. Another input is a conflict (exit 73).",
  },
  probe: {
    takes: "shell command",
    value: "COMMAND",
    help: "With --effects verifiable: tells whether the effect is there (exit 0) or not (exit 1). It gets the key in HARDCALL_KEY.",
  },
  "effect-within": {
    takes: "duration",
    value: "D|none",
    help: "With --probe: how long after an attempt its effect may still appear. none: an ended attempt has no later effect.",
  },
  "fingerprint-cwd": {
    takes: "folder",
    value: "FOLDER",
    help: "With --key: compares this folder instead of the working folder, which may be new at each deployment.",
  },
  "fingerprint-env": {
    takes: "variable",
    value: "NAME",
    multiple: true,
    help: "With --key: makes this environment variable's value part of the input.",
  },
  "replay-without-output": {
    takes: "nothing",
    help: "With --key: accepts a replay whose output the ledger did not keep. Otherwise that is a failure (exit 65).",
  },
  ledger: ledgerFile("Where calls with --key, --resource or --journal are recorded."),
} as const satisfies Options;

export const SHARED = {
  resource: {
    takes: "resource",
    value: "NAME",
    help: "Keeps to the limits of this resource, which all calls that name it share. They are in hardcall.resources.json, or in the file that HARDCALL_RESOURCES names.",
  },
  "on-busy": {
    takes: "choice",
    choices: ["wait", "fail"],
    help: "With --resource, if every place is taken: waits until --timeout (wait), or fails at once (fail). Both end as busy (exit 75). Default: wait.",
  },
} as const satisfies Options;

export const EVIDENCE = {
  "evidence-file": {
    takes: "file",
    value: "FILE",
    multiple: true,
    help: "After the call this file must exist, be newer than the call's start, and not be blank.",
  },
  "evidence-command": {
    takes: "shell command",
    value: "COMMAND",
    multiple: true,
    help: "After the call this shell command must exit with 0.",
  },
  "evidence-within": {
    takes: "duration",
    value: "D",
    help: "With --evidence-file or --evidence-command: how long the evidence may take to appear. Default: 2s.",
  },
} as const satisfies Options;

export const OUTPUT = {
  json: { takes: "nothing", help: "The output must be JSON." },
  schema: { takes: "file", value: "FILE", help: "The output must be JSON that fits this JSON Schema." },
  "max-output": {
    takes: "number",
    value: "N",
    default: 16_777_216,
    help: "More bytes of output than this are a failure.",
  },
} as const satisfies Options;

export const REPORTING = {
  name: {
    takes: "text",
    value: "NAME",
    help: "Name of the call in logs, in the ledger and in HARDCALL_<NAME>_TIMEOUT. Default: the program's name.",
  },
  stderr: {
    takes: "choice",
    choices: ["live", "tail", "off"],
    help: "The command's stderr: as it comes (live), its last 20 lines after a failure (tail), or not shown. Default: live on a terminal, else tail.",
  },
  journal: {
    takes: "nothing",
    help: "Records the call in the ledger without --key, too, for hardcall ledger list and the report. --resource includes it.",
  },
  "outcome-file": {
    takes: "file",
    value: "FILE",
    help: "Writes the outcome as JSON, with the ends of stdout and stderr. Readable by its owner only.",
  },
  "log-level": {
    takes: "choice",
    choices: ["silent", "error", "warn", "info", "debug", "fatal", "trace"],
    help: "Logs a line of JSON per call to stderr. Default: HARDCALL_LOG_LEVEL, else silent.",
  },
} as const satisfies Options;

export const PROCESSES = {
  "leave-running": {
    takes: "nothing",
    help: "Does not end the processes that a success leaves behind. What they print later is discarded; redirect it if needed.",
  },
} as const satisfies Options;
