import { parseDuration, type Duration } from "../core/duration.ts";
import { readOptions } from "../core/options.ts";
import { errorFromOutside, failureOfResponse } from "../core/failure.ts";
import { rejectionOf } from "../core/rejected.ts";
import type { AttemptContext, Callee, CallIdentity, Report } from "../core/callee.ts";

/** What a task receives beside its input. `key` is the idempotency key: send it along to a service that takes one. */
export interface TaskContext extends Pick<CallIdentity, "callId" | "attempt" | "key"> {
  /** Aborts when the task must stop. Pass it to everything that the task waits for. */
  readonly signal: AbortSignal;
  /** Tells hardcall that the work goes on; restarts the idle timeout. */
  readonly activity: () => void;
}

export interface TaskOptions {
  /**
   * How long the task may take to settle after its signal has aborted. A function cannot be killed, so after that the call settles
   * without it.
   *
   * @default "5s"
   */
  readonly cancelGrace?: Duration | undefined;
}

/**
 * An async function as a callee. hardcall aborts the function's signal to stop it. If the function goes on, the call settles without
 * it after `cancelGrace`, with `effect: "unknown"`, and says that the work may still be running.
 *
 * After an error the effect is unknown, because the function may have done its work before it threw. An HTTP `status`, a system error
 * code or `retryAfterMs` on the error sets the code and the delay; so does a returned `fetch` response that is not ok. Throw
 * `rejected(reason)` to say that the service refused and nothing happened.
 *
 * @example
 * const publish = task(async (post: Post, { signal, key }) => api.publish(post, { signal, key }));
 */
export function task<Input = void, Raw = unknown>(
  work: (input: Input, context: TaskContext) => Raw | Promise<Raw>,
  options: TaskOptions = {},
): Callee<Input, Raw> {
  const problems: string[] = [];
  const { cancelGrace } = readOptions<TaskOptions>(options, { cancelGrace: "anything" }, problems);
  const grace = parseDuration(cancelGrace ?? 5000);
  if (typeof work !== "function") problems.push("task() needs an async function");
  if ("problem" in grace) problems.push(`cancelGrace ${grace.problem}`);
  const graceMs = "ms" in grace ? grace.ms : 0;
  return {
    kind: "task",
    problems,
    stopMs: graceMs,
    fingerprint: (input) => input,
    run: (input, context) => runTask(work, input, context, graceMs),
  };
}

async function runTask<Input, Raw>(
  work: (input: Input, context: TaskContext) => Raw | Promise<Raw>,
  input: Input,
  context: AttemptContext,
  graceMs: number,
): Promise<Report<Raw, object>> {
  const { signal, key, attempt, callId } = context;
  const settled = (async (): Promise<Report<Raw, object>> => {
    try {
      const value = await work(input, {
        signal,
        key,
        attempt,
        callId,
        activity: () => context.activity(),
      });
      // A `rejected()` or a failed response that is returned means the same as one that is thrown.
      const failure = rejectionOf(value) ?? failureOfResponse(value);
      return failure === undefined ? { value } : { failure };
    } catch (error) {
      return { failure: rejectionOf(error) ?? errorFromOutside(error) };
    }
  })();
  const abandoned = new AbandonTimer(signal, graceMs);
  try {
    const report = await Promise.race([settled, abandoned.fired]);
    if (report !== "abandoned") {
      context.ended();
      // A value proves that the work is done. `undefined` may come from a function that caught the abort.
      return report.value === undefined ? report : { ...report, completedDespiteAbort: true };
    }
    return {
      notes: ["the function did not stop when its signal aborted; its work may still be running"],
      failure: { code: "timeout", message: "did not stop when its signal aborted", effect: "unknown" },
      stillRunning: settled,
    };
  } finally {
    abandoned.dispose();
  }
}

/** Fires `graceMs` after the signal aborts. */
class AbandonTimer {
  readonly fired: Promise<"abandoned">;
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(signal: AbortSignal, graceMs: number) {
    const { promise, resolve } = Promise.withResolvers<"abandoned">();
    this.fired = promise;
    this.#signal = signal;
    this.#onAbort = () => {
      this.#timer = setTimeout(() => resolve("abandoned"), graceMs);
    };
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
