import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import pTimeout from "p-timeout";
import { formatDuration, parseDuration } from "../call/duration.ts";
import { CallError, ConfigError } from "../call/errors.ts";
import { dedupe, type DedupeVerdict } from "../dedupe/dedupe.ts";
import { wholeNumber } from "./call-options.ts";
import { EXIT, exitCodeOf } from "./exit-code.ts";
import { applyLogLevel } from "./run.ts";
import { UsageError } from "./usage.ts";

const FLAGS = {
  scope: { type: "string" },
  call: { type: "string" },
  "max-streak": { type: "string", default: "3" },
  timeout: { type: "string", default: "1m" },
  ledger: { type: "string" },
  json: { type: "boolean", default: false },
  "log-level": { type: "string" },
} as const;

/**
 * `hardcall dedupe check|forget --scope S [FILE]`, or the content on stdin.
 *
 * Exit codes of check: 0 new; 73 it has come before; 65 blank, the hash of nothing, or the same too often in a row; 74 the ledger
 * cannot be used. Of forget: 0.
 */
export async function main(argv: string[]): Promise<number> {
  const { values: flags, positionals } = parse(argv);
  const [verb, file, ...more] = positionals;
  if (verb !== "check" && verb !== "forget") throw new UsageError("give one of: dedupe check, dedupe forget");
  if (more.length > 0) throw new UsageError(`${JSON.stringify(more[0])} is one word too many`);
  if (flags.scope === undefined)
    throw new UsageError("--scope is missing; name what is kept apart, such as --scope drafts");
  applyLogLevel(flags["log-level"]);
  const gate = dedupe({
    scope: flags.scope,
    ledger: flags.ledger,
    maxStreak: wholeNumber("--max-streak", flags["max-streak"]),
  });
  const content = await contentFrom(file, flags.timeout);
  try {
    if (verb === "forget") return told((await gate.forget(content)) ? "forgotten" : "was not known");
    const callId = flags.call ?? (process.env["HARDCALL_CALL_ID"] || undefined);
    return tell(flags.scope, await gate.check(content, { callId }), flags.json);
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

/** Whoever pipes nothing must not hang us. */
async function contentFrom(file: string | undefined, timeout: string): Promise<Uint8Array> {
  if (file !== undefined) {
    try {
      return await readFile(file);
    } catch (error) {
      throw new UsageError(`${JSON.stringify(file)} cannot be read: ${(error as Error).message}`);
    }
  }
  if (process.stdin.isTTY) throw new UsageError("there is no content; name a file, or give it on stdin");
  const limit = parseDuration(timeout);
  if ("problem" in limit) throw new UsageError(`--timeout ${limit.problem}`);
  try {
    return await pTimeout(buffer(process.stdin), { milliseconds: limit.ms });
  } catch {
    // Left open it would keep the process alive.
    process.stdin.destroy();
    throw new UsageError(
      `stdin did not end within ${formatDuration(limit.ms)}, so the content is not complete`,
    );
  }
}

function tell(scope: string, answer: DedupeVerdict, json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify(answer)}\n`);
  if (answer.verdict === "new") return json ? EXIT.ok : told(`new ${answer.sha256}`);
  const { callId, at } = answer.of;
  const whose = callId === undefined ? "" : ` by call ${callId}`;
  process.stderr.write(
    `hardcall: The content for "${scope}" came before, at ${at}${whose}; it has come ${answer.times} times.\n`,
  );
  return EXIT.elsewhere;
}

function told(line: string): number {
  process.stdout.write(`${line}\n`);
  return EXIT.ok;
}
