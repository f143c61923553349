import { parseArgs } from "node:util";
import { formatDuration } from "../core/duration.ts";
import { CallError, ConfigError } from "../core/errors.ts";
import { gateOf } from "../dedupe/dedupe.ts";
import type { DedupeGate } from "../dedupe/gate.ts";
import { wholeNumber } from "./call-options.ts";
import { contentFrom } from "./content.ts";
import { claimantOf } from "./dedupe-owner.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";
import { exitCodeAfter, print as printOut } from "./print.ts";
import { applyLogLevel } from "./run.ts";
import { runnerOf } from "./runner.ts";
import { refuseArguments, UsageError } from "./usage.ts";

const FLAGS = {
  scope: { type: "string" },
  call: { type: "string" },
  token: { type: "string" },
  hold: { type: "string" },
  "max-streak": { type: "string", default: "3" },
  timeout: { type: "string", default: "1m" },
  ledger: { type: "string" },
  json: { type: "boolean", default: false },
  "log-level": { type: "string" },
} as const;

type Flags = ReturnType<typeof parse>["values"];

/** What one use of the command works on. */
interface Use {
  readonly gate: DedupeGate;
  readonly scope: string;
  readonly content: Uint8Array;
  readonly flags: Flags;
}

const VERBS: ReadonlyMap<string, (use: Use) => Promise<number>> = new Map([
  ["check", check],
  ["commit", commit],
  ["release", release],
  ["forget", forget],
]);

/**
 * `hardcall dedupe check|commit|release|forget --scope S [FILE]`, or the content on stdin.
 *
 * Exit codes of check: 0 new, and reserved; 73 it was published before; 75 another owner may be publishing it; 65 blank, the hash of
 * nothing, or the same too often in a row; 76 a `once` of it is in doubt; 74 the ledger cannot be used. Of commit: 0, or 73 when
 * another owner had committed it. Of release: 0, or 73 when another owner has it. Of forget: 0, or 73 or 76 while a `once` of it runs
 * or is in doubt.
 */
export async function main(argv: string[]): Promise<number> {
  const { values: flags, positionals } = parse(argv);
  const [verb = "", file, ...more] = positionals;
  const work = VERBS.get(verb);
  if (work === undefined)
    throw new UsageError("give one of: dedupe check, dedupe commit, dedupe release, dedupe forget");
  refuseArguments(more);
  const { scope, hold, token } = flags;
  if (scope === undefined)
    throw new UsageError("--scope is missing; name what is kept apart, such as --scope drafts");
  if (hold !== undefined && verb !== "check") throw new UsageError("--hold goes with dedupe check only");
  if (token !== undefined && verb !== "commit" && verb !== "release")
    throw new UsageError("--token goes with dedupe commit and dedupe release only");
  applyLogLevel(flags["log-level"]);
  const maxStreak = wholeNumber("--max-streak", flags["max-streak"]);
  const gate = await gateOf({ scope, hold, ledger: flags.ledger, maxStreak })();
  try {
    return await work({ gate, scope, content: await contentFrom(file, flags.timeout), flags });
  } catch (error) {
    if (!(error instanceof CallError) || error instanceof ConfigError) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return exitCodeOf(error);
  }
}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split("\n")[0]);
  }
}

async function check({ gate, scope, content, flags: { call, json } }: Use): Promise<number> {
  const { process: parent, ...claimant } = claimantOf(call, undefined);
  const runner = runnerOf(process.env["HARDCALL_CALL_ID"] || undefined);
  const answer = await gate.check(content, { ...claimant, outlives: { process: parent, runner } });
  if (json) print(JSON.stringify(answer));
  switch (answer.verdict) {
    case "new": {
      if (!json) print(answer.token);
      const code = await exitCodeAfter(EXIT.ok, "The content is not reserved.");
      // The job never got its token, so only the end of the hold would give it back.
      if (code !== EXIT.ok) await answer.release();
      return code;
    }
    case "duplicate": {
      const { of, times } = answer;
      say(`The content for "${scope}" came before, at ${of.at}${by(of.callId)}; it has come ${times} times.`);
      return EXIT.elsewhere;
    }
    case "pending": {
      const wait = formatDuration(answer.retryAfterMs);
      const { callId, since } = answer.by;
      say(
        `The content for "${scope}" is reserved since ${since}${by(callId)} and may be published at any time. ` +
          `It is not a duplicate yet: check it again, after ${wait} at the latest.`,
      );
      return EXIT.later;
    }
    default:
      return answer satisfies never;
  }
}

async function commit({ gate, scope, content, flags: { call, token, json } }: Use): Promise<number> {
  const answer = await gate.commit(content, claimantOf(call, token));
  if (json) print(JSON.stringify({ committed: answer.kind === "committed" }));
  if (answer.kind === "committed") return json ? EXIT.ok : told("committed");
  const { callId, firstAt } = answer.seen;
  const when = new Date(firstAt).toISOString();
  say(
    `The content for "${scope}" was committed before, at ${when}${by(callId)}. If you have published it too, it exists twice: look.`,
  );
  return EXIT.elsewhere;
}

async function release({ gate, scope, content, flags: { call, token, json } }: Use): Promise<number> {
  const answer = await gate.release(content, claimantOf(call, token));
  if (json) print(JSON.stringify({ released: answer === "released" }));
  if (answer !== "held")
    return json ? EXIT.ok : told(answer === "released" ? "released" : "was not reserved");
  say(
    `The content for "${scope}" is reserved by another owner, and stays so. Give the token of its check (--token).`,
  );
  return EXIT.elsewhere;
}

async function forget({ gate, content, flags: { json } }: Use): Promise<number> {
  const forgotten = await gate.forget(content);
  if (json) print(JSON.stringify({ forgotten }));
  return json ? EXIT.ok : told(forgotten ? "forgotten" : "was not known");
}

const by = (callId: string | undefined) => (callId === undefined ? "" : ` by call ${callId}`);
const print = (line: string) => void printOut(`${line}\n`);
const say = (sentence: string) => void process.stderr.write(`hardcall: ${sentence}\n`);

function told(line: string): number {
  print(line);
  return EXIT.ok;
}
