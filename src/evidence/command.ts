import { SHA256_OF_NOTHING } from "../core/hash-of-nothing.ts";
import { readOptions, type Kinds } from "../core/options.ts";
import type { AttemptContext, Report } from "../core/callee.ts";
import { command } from "../callees/command.ts";
import type { ProcessOptions } from "../callees/subprocess/options.ts";
import { EvidenceFound, type Evidence, type EvidenceContext, type EvidenceCheck } from "../core/evidence.ts";
import { eventually, type SettlingOptions } from "./eventually.ts";

export type EvidenceCommandOptions = SettlingOptions & Pick<ProcessOptions, "cwd" | "env" | "killGrace">;

/**
 * A command that looks for the artifact; exit code 0 means that it exists. hardcall starts it without a shell and without stdin. It has `HARDCALL_CALL_ID`, `HARDCALL_KEY`, `HARDCALL_ATTEMPT` and `HARDCALL_STARTED_AT` (ISO 8601) in its environment. It may be
 * started several times within `within`. If it takes longer, hardcall sends SIGTERM, and SIGKILL after `killGrace` (250 ms).
 * Found: `exitCode`, `stdoutBytes`, `stdoutSha256`.
 *
 * @example
 * evidence: [evidenceCommand("aws", ["s3api", "head-object", "--bucket", "posts", "--key", "today.json"], { within: "30s" })];
 */
export function evidenceCommand<Value = unknown>(
  file: string,
  args: readonly string[] | ((value: Value, context: EvidenceContext) => readonly string[]) = [],
  given: EvidenceCommandOptions = {},
): Evidence<Value> {
  const found: string[] = [];
  const read = readOptions<EvidenceCommandOptions>(given, COMMAND_OPTIONS, found);
  const { within, env, ...options } = { ...read, killGrace: read.killGrace ?? KILL_GRACE_MS };
  const argsOf = (value: Value, context: EvidenceContext) =>
    typeof args === "function" ? args(value, context) : args;
  const { problems } = command(file, typeof args === "function" ? [] : args, { ...options, env });
  return eventually<Value>(
    async (value, context): Promise<EvidenceCheck> => {
      const callee = command(file, argsOf(value, context), {
        ...options,
        allowEmpty: true,
        env: { ...env, HARDCALL_STARTED_AT: context.startedAt.toISOString() },
      });
      return readReport(await callee.run(undefined, asAttempt(context)));
    },
    { within },
    [...found, ...problems],
  );
}

/** Short: a look has nothing to clean up, and one that ignores SIGTERM would delay the host's exit. */
const KILL_GRACE_MS = 250;

const COMMAND_OPTIONS: Kinds<EvidenceCommandOptions> = {
  within: "anything",
  cwd: "a string",
  env: "an object",
  killGrace: "anything",
};

const ignore = () => undefined;

/** The command runs as part of the attempt that it checks, with the same name, key and number. */
function asAttempt({ name, callId, key, attempt, signal }: EvidenceContext): AttemptContext {
  return {
    name,
    callId,
    key,
    attempt,
    signal,
    externalRef: undefined,
    // `eventually` limits the command's time.
    limitMs: Number.POSITIVE_INFINITY,
    output: undefined,
    feedback: undefined,
    note: ignore,
    activity: ignore,
    ended: ignore,
  };
}

function readReport({ failure, exitCode, stdoutBytes, stdoutSha256 }: Report<string, object>): EvidenceCheck {
  if (failure !== undefined) return { missing: `the command that looks for it ${failure.message}` };
  return new EvidenceFound({
    kind: "command",
    exitCode: exitCode ?? 0,
    stdoutBytes: stdoutBytes ?? 0,
    stdoutSha256: stdoutSha256 ?? SHA256_OF_NOTHING,
  });
}
