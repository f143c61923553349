import { formatDuration } from "../core/duration.ts";
import { CallError, ConfigError } from "../core/errors.ts";
import { deduplicatorOf } from "../dedupe/dedupe.ts";
import type { Deduplicator } from "../dedupe/deduplicator.ts";
import { contentFrom } from "./content.ts";
import { claimantOf } from "./dedupe-owner.ts";
import { EXIT, exitCodeOf } from "./interface/exit-code.ts";
import type { ValuesOf } from "./interface/command.ts";
import { DEDUPE_CHECK, DEDUPE_COMMIT, DEDUPE_FORGET, DEDUPE_RELEASE } from "./interface/dedupe.ts";
import { parse } from "./interface/parse.ts";
import { UsageError } from "./interface/usage-error.ts";
import { milliseconds } from "./milliseconds.ts";
import { exitCodeAfter, print as printOut } from "./print.ts";
import { applyLogLevel } from "./run.ts";
import { runnerOf } from "./runner.ts";

/** The options of every verb; those that a verb does not have are not there. */
type Flags = ValuesOf<(typeof DEDUPE_FORGET)["groups"]> &
  Partial<ValuesOf<(typeof DEDUPE_CHECK | typeof DEDUPE_COMMIT)["groups"]>>;

/** What one use of the command works on. */
interface Use {
  readonly deduplicator: Deduplicator;
  readonly scope: string;
  readonly content: Uint8Array;
  readonly flags: Omit<Flags, "scope" | "timeout">;
}

const VERBS = {
  check: { command: DEDUPE_CHECK, work: check },
  commit: { command: DEDUPE_COMMIT, work: commit },
  release: { command: DEDUPE_RELEASE, work: release },
  forget: { command: DEDUPE_FORGET, work: forget },
} as const;

/**
 * `hardcall dedupe check|commit|release|forget --scope S [FILE]`, or the content on stdin.
 *
 * Exit codes of check: 0 new, and reserved; 73 it was published before; 75 another owner may be publishing it; 65 blank, the hash of
 * nothing, or the same too often in a row; 76 a `once` of it is in doubt; 74 the ledger cannot be used. Of commit: 0, or 73 when
 * another owner had committed it. Of release: 0, or 73 when another owner has it. Of forget: 0, or 73 or 76 while a `once` of it runs
 * or is in doubt.
 */
export async function main([verb, ...args]: string[]): Promise<number> {
  const { command, work } = VERBS[verb as keyof typeof VERBS];
  const { operands, values } = parse(command, args);
  const { scope, timeout, ...flags }: Flags = values();
  if (scope === undefined)
    throw new UsageError("--scope is missing; name what is kept apart, such as --scope drafts");
  if (scope.trim() === "") throw new UsageError("--scope is blank; name what is kept apart");
  applyLogLevel(flags["log-level"]);
  const { hold, ledger, "max-streak": maxStreak } = flags;
  if (hold !== undefined) milliseconds("--hold", hold);
  const timeoutMs = milliseconds("--timeout", timeout);
  const deduplicator = await deduplicatorOf({ scope, hold, ledger, maxStreak })();
  try {
    return await work({ deduplicator, scope, content: await contentFrom(operands[0], timeoutMs), flags });
  } catch (error) {
    if (!(error instanceof CallError) || error instanceof ConfigError) throw error;
    process.stderr.write(`hardcall: ${error.message}\n`);
    return exitCodeOf(error);
  }
}

async function check({ deduplicator, scope, content, flags: { call, json } }: Use): Promise<number> {
  const { process: parent, ...claimant } = claimantOf(call, undefined);
  const runner = runnerOf(process.env["HARDCALL_CALL_ID"] || undefined);
  const answer = await deduplicator.check(content, { ...claimant, outlives: { process: parent, runner } });
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

async function commit({ deduplicator, scope, content, flags: { call, token, json } }: Use): Promise<number> {
  const answer = await deduplicator.commit(content, claimantOf(call, token));
  if (json) print(JSON.stringify({ committed: answer.kind === "committed" }));
  if (answer.kind === "committed") return json ? EXIT.ok : told("committed");
  const { callId, firstAt } = answer.seen;
  const when = new Date(firstAt).toISOString();
  say(
    `The content for "${scope}" was committed before, at ${when}${by(callId)}. If you have published it too, it exists twice: look.`,
  );
  return EXIT.elsewhere;
}

async function release({ deduplicator, scope, content, flags: { call, token, json } }: Use): Promise<number> {
  const answer = await deduplicator.release(content, claimantOf(call, token));
  if (json) print(JSON.stringify({ released: answer === "released" }));
  if (answer !== "held")
    return json ? EXIT.ok : told(answer === "released" ? "released" : "was not reserved");
  say(
    `The content for "${scope}" is reserved by another owner, and was not released. If it is yours, give the token that dedupe check printed (--token).`,
  );
  return EXIT.elsewhere;
}

async function forget({ deduplicator, content, flags: { json } }: Use): Promise<number> {
  const forgotten = await deduplicator.forget(content);
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
