import pTimeout, { TimeoutError } from "p-timeout";
import type { AttemptContext, AttemptNotes, CallIdentity, Feedback, Report } from "../core/callee.ts";
import { Deadline, type TimeLimits } from "./deadline.ts";
import type { StopCause } from "../core/stop-cause.ts";
import { SHA256_OF_NOTHING } from "../core/hash-of-nothing.ts";
import { errorFromOutside, errorName } from "../core/failure.ts";
import { giveWay } from "../core/give-way.ts";
import type { AttemptRecord } from "../core/result.ts";
import type { FoundEvidence } from "../core/evidence.ts";
import { collectEvidence } from "../evidence/collect-evidence.ts";
import type { WorkLease } from "../core/work-lease.ts";
import type { AttemptTrace } from "../telemetry/channels.ts";
import type { Definition } from "./invocation.ts";
import { judgingTime, type Allowance } from "../core/allowance.ts";
import { ownFailure } from "../core/lazily.ts";
import { judgeReport, type AttemptVerdict } from "./verdict.ts";

/** One attempt that has ended. */
export interface FinishedAttempt<Value, Details extends object> {
  readonly record: AttemptRecord;
  readonly report: Report<unknown, Details>;
  readonly verdict: AttemptVerdict<Value>;
  /** Present if hardcall gave up the attempt while its work continues: how that work ends. Never rejects; may stay pending. */
  readonly late?: Promise<FinishedAttempt<Value, Details>> | undefined;
}

export interface AttemptOptions<Input, Value, Details extends object> {
  readonly identity: CallIdentity;
  readonly definition: Pick<Definition<Input, Value, Details>, "callee" | "output" | "evidence" | "logger">;
  readonly input: Input;
  readonly externalRef: string | undefined;
  readonly feedback: Feedback | undefined;
  readonly limits: TimeLimits;
  /** On the clock of `performance.now()`. */
  readonly totalEndsAt: number;
  /** The caller's cancel and the host's signals. */
  readonly cancel: AbortSignal;
  readonly lease: WorkLease | undefined;
  readonly note: (notes: AttemptNotes) => void;
  /** Absent when no one subscribes to the attempt's channel. */
  readonly trace: AttemptTrace | undefined;
}

/** How long hardcall waits beyond a callee's own bound before it settles without the callee. */
const BACKSTOP_MS = 1000;

/** How long schema and evidence may take for work that ends after hardcall gave up its attempt. */
const LATE_JUDGING_MS = 60_000;

const NOT_STARTED: Report<never, never> = {
  failure: { code: "cancelled", message: "was cancelled before it started", effect: "not_started" },
};

/** Starts the callee once, under a deadline, and judges how it ended. Never rejects. */
export async function runAttempt<Input, Value, Details extends object>(
  options: AttemptOptions<Input, Value, Details>,
): Promise<FinishedAttempt<Value, Details>> {
  const { identity, definition } = options;
  const { callee, output } = definition;
  const startedAt = new Date();
  const start = performance.now();
  const deadline = new Deadline(options.limits, options.totalEndsAt, options.cancel);
  const report = await runCallee(options, deadline);
  const judged = await judgeAttempt(report, deadline.cause, judgingTime(options.totalEndsAt, options.cancel));
  const late = report.stillRunning?.then((end) =>
    // No caller waits for it, and no limit stops it.
    judgeAttempt(end, undefined, {
      endsAt: performance.now() + LATE_JUDGING_MS,
      cancel: new AbortController().signal,
    }),
  );
  return { ...judged, late };

  async function judgeAttempt(
    end: Report<unknown, Details>,
    cause: StopCause | undefined,
    allowance: Allowance,
  ): Promise<FinishedAttempt<Value, Details>> {
    let verdict = await judgeReport<Value>(end, cause, output, allowance);
    let found: readonly FoundEvidence[] = [];
    if (verdict.ok) {
      const { evidence } = definition;
      const context = { ...identity, startedAt };
      const findings = await collectEvidence({ evidence, value: verdict.value, context, allowance });
      found = findings.found;
      if (findings.failure !== undefined) verdict = { ok: false, failure: findings.failure };
    }
    const record = {
      ...describeAttempt(options, startedAt.toISOString(), performance.now() - start, end, verdict),
      ...(found.length > 0 && { evidence: found }),
    };
    return { record, report: end, verdict };
  }

  async function runCallee(
    { externalRef, feedback, note, input, limits, totalEndsAt, trace, lease }: typeof options,
    clock: Deadline,
  ): Promise<Report<unknown, Details>> {
    // A start blocks the event loop for a millisecond or more, and many calls may start in one turn.
    await giveWay();
    // A host that was suspended since `started` was recorded may wake here, before its timers fire.
    if (lease?.isOver() || clock.signal.aborted) return NOT_STARTED;
    const context: AttemptContext = {
      ...identity,
      externalRef,
      limitMs: Math.min(limits.attemptMs ?? Infinity, totalEndsAt - performance.now()),
      signal: clock.signal,
      output,
      feedback,
      logger: definition.logger,
      carrier: trace?.carrier,
      lease,
      note: (notes) => {
        if (trace !== undefined && notes.pid !== undefined) trace.pid = notes.pid;
        note(notes);
      },
      activity: () => clock.activity(),
      ended: () => clock.ended(),
    };
    try {
      const begin = () => callee.run(input, context);
      return await bounded(trace?.within ? trace.within(begin) : begin(), callee.stopMs, clock);
    } catch (error) {
      return { failure: ownFailure(error) };
    } finally {
      clock.dispose();
    }
  }
}

/** The backstop: settles without a callee that exceeds its own bound. */
async function bounded<Details extends object>(
  running: Promise<Report<unknown, Details>>,
  stopMs: number,
  deadline: Deadline,
): Promise<Report<unknown, Details>> {
  const stopped = Promise.withResolvers<void>();
  const onAbort = () => stopped.resolve();
  deadline.signal.addEventListener("abort", onAbort, { once: true });
  if (deadline.signal.aborted) onAbort();
  const milliseconds = stopMs + BACKSTOP_MS;
  // Its own error would be made with its stack for each call that is stopped, and many may be stopped together.
  const fallback = () =>
    Promise.reject(new TimeoutError(`Promise timed out after ${milliseconds} milliseconds`));
  const afterStop = stopped.promise.then(() => pTimeout(running, { milliseconds, fallback }));
  try {
    return await Promise.race([running, afterStop]);
  } catch (error) {
    if (!deadline.signal.aborted) throw error;
    return {
      notes: [`the callee did not settle when it was told to stop (${errorName(error)}); its work may go on`],
      failure: errorFromOutside(error),
      stillRunning: running.catch((late: unknown) => ({ failure: errorFromOutside(late) })),
    };
  } finally {
    deadline.signal.removeEventListener("abort", onAbort);
    afterStop.catch(() => undefined);
  }
}

function describeAttempt(
  {
    identity: { attempt },
    externalRef,
  }: Pick<AttemptOptions<never, never, object>, "identity" | "externalRef">,
  startedAt: string,
  durationMs: number,
  report: Report<unknown, object>,
  verdict: AttemptVerdict<unknown>,
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
