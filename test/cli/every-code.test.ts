import path from "node:path";
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../src/core/vocabulary.ts";
import { ERROR_CODES } from "../../src/core/vocabulary.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { run, type Finished } from "../helpers/run.ts";

/** A call that ends with a code, and what a person is told of it. */
interface Reached {
  /** For bash, where `hardcall` is this one; its exit code and stderr are those of its last call. */
  readonly script: string;
  /** For the fake claude on PATH. */
  readonly mode?: string;
  readonly exitCode: number;
  /** Parts of the text on stderr, in this order: the reason, and what to do. */
  readonly says: readonly string[];
}

/** Such an attempt does its work once in the folder, then a second one comes while it does. */
const ONCE = "mkdir first 2>/dev/null || { echo second; exit; }";
const SAME = '"$NODE" "$CLI" run --timeout 20s --name it --key a -- sh -c "$WORK"';
const run20 = (rest: string) => `hardcall run --timeout 20s ${rest}`;
const claude = (mode: string, exitCode: number, ...says: string[]): Reached => ({
  script: "hardcall claude --timeout 20s hi",
  mode,
  exitCode,
  says,
});

/** A call with the resource "blog", whose limits are these. */
const limited = (limits: string, rest: string) =>
  `echo '{ "resources": { "blog": ${limits} } }' > hardcall.resources.json; ` +
  `use() { hardcall run --timeout 20s --name post --resource blog -- "$@"; }; ${rest}`;

const REACHED: Readonly<Record<ErrorCode, Reached | { readonly unreachable: string }>> = {
  timeout: {
    script: "hardcall run --timeout 1s -- sh -c 'echo waits for a lock >&2; exec sleep 60'",
    exitCode: 124,
    says: ["timed out after 1 s", "raise --timeout;", "(its stderr is below)", "\n    waits for a lock\n"],
  },
  idle_timeout: {
    script: run20("--idle-timeout 500ms -- sleep 60"),
    exitCode: 124,
    says: ["no sign of life for 500 ms", "raise --idle-timeout"],
  },
  cancelled: {
    script: run20("-- sh -c 'kill -INT $PPID; exec sleep 60'"),
    exitCode: 130,
    says: ["was cancelled when the process received SIGINT", "Check whether it took effect"],
  },
  spawn_failed: {
    script: run20("-- ./not-there"),
    exitCode: 127,
    says: ['"not-there" was not found', "Check the command"],
  },
  exit_nonzero: {
    script: run20("-- sh -c 'echo no such table >&2; exit 3'"),
    exitCode: 69,
    says: ["exited with code 3", "The end of its stderr is below.", "\n    no such table\n"],
  },
  killed: {
    script: run20("-- sh -c 'kill -KILL $$'"),
    exitCode: 69,
    says: ["was ended by SIGKILL, which hardcall did not send", "out-of-memory"],
  },
  empty_output: {
    script: run20("-- true"),
    exitCode: 65,
    says: ["printed nothing", "There is no output to use", "If no output is fine, give --allow-empty."],
  },
  output_too_large: {
    script: run20("--max-output 3 -- echo hello"),
    exitCode: 65,
    says: ["printed 6 bytes on stdout, more than --max-output (3)", "Raise --max-output"],
  },
  truncated_output: claude(
    "max-tokens",
    65,
    "stops in the middle",
    "claude says: API Error: Claude's response exceeded",
  ),
  invalid_output: {
    script: run20("--json -- echo hello"),
    exitCode: 65,
    says: ["6 bytes that are not JSON", "--outcome-file FILE"],
  },
  no_result: claude("missing-result", 65, "none of them a result", "do not use what it printed"),
  evidence_missing: {
    script: run20("--evidence-file report.html --evidence-within 2s -- echo hello"),
    exitCode: 65,
    says: [
      'the evidence is missing: "report.html" does not exist',
      "Check whether the artifact exists",
      "If it appears late, raise --evidence-within.",
    ],
  },
  rate_limited: claude(
    "usage-limit",
    75,
    "The limit ends ",
    " UTC, in ",
    "claude says: You've hit your 5-hour limit",
  ),
  overloaded: claude("overloaded", 75, "HTTP status 529", "Retry later", "claude says: API Error: 529"),
  unavailable: claude("connection-reset", 75, "Retry later", "claude says: API Error: Connection dropped"),
  auth: claude("auth", 77, "HTTP status 401", "Check the key or log in", "claude says: Invalid API key"),
  billing: claude("credit", 77, "Top up", "claude says: Credit balance is too low"),
  invalid_request: claude("prompt-too-long", 69, "Change the request", "claude says: Prompt is too long"),
  refused: claude("refusal", 69, "was refused by the model", "change the prompt", "claude says: "),
  turn_limit: claude(
    "max-turns",
    69,
    "Raise --max-turns",
    "claude says: Reached maximum number of turns (1)",
  ),
  budget_limit: claude("max-budget", 69, "Raise --max-budget-usd", "claude says: Reached maximum budget"),
  permission_denied: claude(
    "permission-denied",
    69,
    "was denied permission once",
    "--allowed-tools",
    "--permission-denials allow",
  ),
  job_failed: {
    // An error of a kind that hardcall does not know.
    script: `printf '#!/bin/sh\\necho \\047%s\\047\\n' '{"type":"result","subtype":"error_of_tomorrow","is_error":true,"errors":["The new thing broke"]}' >claude
      chmod +x claude; hardcall claude --timeout 20s --claude-bin ./claude hi`,
    exitCode: 69,
    says: ["ended with an error that claude calls error_of_tomorrow", "claude says: The new thing broke"],
  },
  cancel_unconfirmed: { unreachable: "it is a remote job's, and no command of the command line runs one" },
  in_doubt: {
    script: "for i in 1 2; do hardcall run --timeout 1s --name it --key a -- sleep 60; done",
    exitCode: 76,
    says: [
      "may have happened: an attempt",
      "hardcall ledger resolve CALL --as done|absent --by NAME --why TEXT",
    ],
  },
  in_progress: {
    script: `export WORK='${ONCE}; ${SAME} 2>said; echo $? >code'; ${SAME} 2>/dev/null; cat said >&2; exit $(cat code)`,
    exitCode: 73,
    says: ["is in progress elsewhere (process ", "Wait until that run has ended"],
  },
  key_conflict: {
    script: `${run20("--name it --key a -- echo a")}; ${run20("--name it --key a -- echo b")}`,
    exitCode: 73,
    says: ["first used with a different input; these parts differ: arguments", "Use a different key"],
  },
  lease_lost: {
    // Another one is told that it did not happen, and does it again.
    script: `export WORK='${ONCE}; "$NODE" "$CLI" ledger resolve a --as absent --by me --why test --force; ${SAME}'; ${SAME}`,
    exitCode: 76,
    says: ["its effect may exist twice", "hardcall ledger show CALL"],
  },
  ledger_unavailable: {
    script: `yes 'no database' | head -c 4096 >"$PWD/file"; ${run20('--ledger "$PWD/file" --key a -- echo a')}`,
    exitCode: 74,
    says: ["is damaged or not a database", "--ledger"],
  },
  duplicate_streak: {
    script: `echo same >same; token=$(hardcall dedupe check --scope s same); hardcall dedupe commit --scope s --token "$token" same
      hardcall dedupe check --scope s --max-streak 2 same`,
    exitCode: 65,
    says: ["is the same for the 2nd time in a row", "check what produces it"],
  },
  output_not_kept: {
    script: `large() { ${run20("--name it --key a -- sh -c 'yes | head -c 3000000'")}; }; large >/dev/null; large`,
    exitCode: 65,
    says: ["the ledger did not keep its output (too_large)", "--replay-without-output"],
  },
  busy: {
    script: limited('{ "rate": { "starts": 1, "per": "1h" } }', "use echo a; use echo b"),
    exitCode: 75,
    says: ['the resource "blog" has had 1 start', "1 per 1 h", "Retry at"],
  },
  over_budget: {
    script: limited('{ "budget": { "usd": 0.5, "per": "1h" }, "cost": 0.3 }', "use echo a; use echo b"),
    exitCode: 75,
    says: ["has spent $0.30 of its budget of $0.50 per 1 h", "Retry at", "raise the budget of the resource"],
  },
  circuit_open: {
    script: limited(
      '{ "concurrency": 1 }',
      'use echo a; hardcall resource open blog --by ann --why "it moves"; use echo b',
    ),
    exitCode: 75,
    says: ["the circuit breaker", '"ann" opened it', "hardcall resource close blog --by"],
  },
  invalid_config: {
    script: "hardcall run --timeout 0 -- echo a",
    exitCode: 2,
    says: ['--timeout is "0"; a duration must be greater than 0'],
  },
};

/** What hardcall says of the last call, without what others say: the child's stderr, claude's words, names of files. */
const ownWords = (stderr: string) =>
  stderr
    .split("\n")
    .filter((line) => !line.startsWith("    "))
    .join("\n")
    .replaceAll(/"[^"]*"|\/\S+/g, "");

describe("what a person at the command line is told when a call ends with", () => {
  for (const code of ERROR_CODES) {
    const reached = REACHED[code];
    if ("unreachable" in reached) continue;
    const { script, mode, exitCode, says } = reached;
    test(code, async () => {
      const { stderr, ...end } = await shell(script, mode);
      expect(end.exitCode).toBe(exitCode);
      let at = 0;
      for (const part of says) {
        expect(stderr.slice(at)).toContain(part);
        at = stderr.indexOf(part, at) + part.length;
      }
      // A name of the library's, such as `maxOutput`, or of a field that an error of the library has.
      expect(ownWords(stderr)).not.toMatch(
        /\b[a-z]+[A-Z]\w*|\btimeout\.\w|\bis_error\b|\bissues\b|\bthe cause\b/,
      );
    });
  }
});

function shell(script: string, mode = ""): Promise<Finished> {
  return run("bash", ["-c", `hardcall() { "$NODE" "$CLI" "$@"; }\n${script}`], {
    cwd: tempFolder(),
    env: {
      NODE: process.execPath,
      CLI: path.join(ROOT, "src/cli.ts"),
      NODE_COMPILE_CACHE: path.join(ROOT, "node_modules/.cache/hardcall-tests"),
      PATH: `${path.join(ROOT, "fake-bin")}${path.delimiter}${process.env["PATH"]}`,
      FAKE_CLAUDE_MODE: mode,
      HARDCALL_LEDGER: ledgerPath(),
    },
  });
}
