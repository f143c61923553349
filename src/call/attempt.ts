import pTimeout from "p-timeout";
import type { AttemptContext, AttemptNotes, Callee, Failure, Feedback, Report } from "../callees/callee.ts";
import type { Limits } from "./deadline.ts";
import { Deadline } from "./deadline.ts";
import { formatDuration } from "./duration.ts";
import { SHA256_OF_NOTHING } from "./errors.ts";
import { errorFromOutside, errorName } from "./failure.ts";
import type { AttemptRecord } from "./result.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { judge, lookForEvidence, type Evidence, type Verdict } from "./verdict.ts";

/** One attempt that is over. */
export interface Attempt<Value, Details extends object> {
  readonly record: AttemptRecord;
  readonly report: Report<unknown, Details>;
  readonly verdict: Verdict<Value>;
}

export interface AttemptOptions<Input, Value, Details extends object> {
  readonly name: string;
  readonly callee: Callee<Input, unknown, Details>;
  readonly output: StandardSchema | undefined;
  readonly evidence: readonly Evidence<Value>[];
  readonly input: Input;
  readonly callId: string;
  readonly attempt: number;
  readonly key: string | undefined;
  readonly externalRef: string | undefined;
  readonly feedback: Feedback | undefined;
  readonly limits: Limits;
  /** On the clock of `performance.now()`. */
  readonly totalEndsAt: number;
  /** The caller's cancel and the host's signals. */
  readonly cancel: AbortSignal;
  readonly note: (notes: AttemptNotes) => void;
}

/** How long past a callee's own bound the runtime waits before it settles without it. */
const BACKSTOP_MS = 1000;
/** A look for evidence gets at least this long, even when the callee used up all of its time. */
const MIN_EVIDENCE_MS = 1000;

const NOT_STARTED: Report<never, never> = {
  failure: { code: "cancelled", message: "was cancelled before it started", effect: "not_started" },
};

/** Starts the callee once, under a deadline, and judges how it ended. Never rejects. */
export async function runAttempt<Input, Value, Details extends object>(
  options: AttemptOptions<Input, Value, Details>,
): Promise<Attempt<Value, Details>> {
  const { callee, output } = options;
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const deadline = new Deadline(options.limits, options.totalEndsAt, options.cancel);
  const report = await runCallee(options, deadline);
  let verdict = await judge<Value>(report, deadline.cause, output);
  if (verdict.ok) {
    const failure = await evidenceFailure(options, verdict.value);
    if (failure !== undefined) verdict = { ok: false, failure };
  }
  const record = describeAttempt(options, startedAt, performance.now() - start, report, verdict);
  return { record, report, verdict };

  async function runCallee(
    { name, callId, key, externalRef, feedback, note, input, limits, totalEndsAt }: typeof options,
    clock: Deadline,
  ): Promise<Report<unknown, Details>> {
    if (clock.signal.aborted) return NOT_STARTED;
    const context: AttemptContext = {
      name,
      callId,
      attempt: options.attempt,
      key,
      externalRef,
      limitMs: Math.min(limits.attemptMs ?? Infinity, totalEndsAt - performance.now()),
      signal: clock.signal,
      output,
      feedback,
      note,
      activity: () => clock.activity(),
      ended: () => clock.ended(),
    };
    try {
      return await bounded(callee.run(input, context), callee.stopMs, clock);
    } catch (error) {
      return { failure: errorFromOutside(error) };
    } finally {
      clock.dispose();
    }
  }
}

async function evidenceFailure<Value>(
  {
    evidence,
    totalEndsAt,
    callId,
  }: Pick<AttemptOptions<never, Value, object>, "evidence" | "totalEndsAt" | "callId">,
  value: Value,
): Promise<Failure | undefined> {
  if (evidence.length === 0) return undefined;
  const controller = new AbortController();
  const milliseconds = Math.max(totalEndsAt - performance.now(), MIN_EVIDENCE_MS);
  try {
    return await pTimeout(lookForEvidence(evidence, value, { signal: controller.signal, callId }), {
      milliseconds,
    });
  } catch (error) {
    const message = `said it was done, but looking for the evidence took longer than ${formatDuration(milliseconds)}`;
    return { code: "evidence_missing", message, effect: "completed", cause: error };
  } finally {
    controller.abort();
  }
}

/** The backstop: a callee that does not settle within its own bound is settled without. */
async function bounded<Details extends object>(
  running: Promise<Report<unknown, Details>>,
  stopMs: number,
  deadline: Deadline,
): Promise<Report<unknown, Details>> {
  const stopped = Promise.withResolvers<void>();
  const onAbort = () => stopped.resolve();
  deadline.signal.addEventListener("abort", onAbort, { once: true });
  if (deadline.signal.aborted) onAbort();
  const afterStop = stopped.promise.then(() => pTimeout(running, { milliseconds: stopMs + BACKSTOP_MS }));
  try {
    return await Promise.race([running, afterStop]);
  } catch (error) {
    if (!deadline.signal.aborted) throw error;
    return {
      notes: [`the callee did not settle when it was told to stop (${errorName(error)}); its work may go on`],
      failure: errorFromOutside(error),
    };
  } finally {
    deadline.signal.removeEventListener("abort", onAbort);
    // Lets go of the race's second leg; it settles with the first.
    stopped.resolve();
    afterStop.catch(() => undefined);
  }
}

function describeAttempt(
  { attempt, externalRef }: { readonly attempt: number; readonly externalRef: string | undefined },
  startedAt: string,
  durationMs: number,
  report: Report<unknown, object>,
  verdict: Verdict<unknown>,
): AttemptRecord {
  const failure = verdict.ok ? undefined : verdict.failure;
  const { exitCode, signal, survivors, notes, costUsd } = report;
  return {
    attempt,
    startedAt,
    durationMs: Math.round(durationMs),
    ...(failure && { code: failure.code, message: failure.message }),
    effect: failure?.effect ?? "completed",
    stdoutBytes: report.stdoutBytes ?? 0,
    stdoutSha256: report.stdoutSha256 ?? SHA256_OF_NOTHING,
    stderrBytes: report.stderrBytes ?? 0,
    ...(externalRef !== undefined && { externalRef }),
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
    ...(failure?.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
    ...(survivors !== undefined && survivors > 0 && { survivors }),
    ...(notes !== undefined && notes.length > 0 && { notes }),
    ...(costUsd !== undefined && { costUsd }),
  };
}
