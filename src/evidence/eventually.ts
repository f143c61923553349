import { optionName } from "../core/wording.ts";
import { formatDuration, parseDuration, type Duration } from "../core/duration.ts";
import { readOptions } from "../core/options.ts";
import { readAnswer } from "./answer.ts";
import type { Evidence, EvidenceContext } from "../core/evidence.ts";

export interface SettlingOptions {
  /**
   * How long the artifact may take to appear. It is looked for again and again within this time, with pauses that grow from 25 ms to
   * 1 s. The call's total timeout cuts it short, though never below a second.
   *
   * @default "2s"
   */
  readonly within?: Duration | undefined;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1000;
/** The last look gets at least this much time. */
const LAST_LOOK_MS = 100;

/**
 * Looks again until the artifact is there or the time is over; the built-in evidence does so by itself.
 *
 * @example
 * evidence: [eventually(async (post) => await findPublished(post), { within: "30s" })];
 */
export function eventually<Value = unknown>(
  look: (value: Value, context: EvidenceContext) => unknown,
  options: SettlingOptions = {},
  problems: readonly string[] = [],
): Evidence<Value> {
  const found = [...problems];
  const read = readOptions<SettlingOptions>(options, { within: "anything" }, found);
  if (typeof look !== "function") found.push("eventually() takes a function that looks");
  const within = parseDuration(read.within ?? 2000);
  if ("problem" in within) found.push(`${optionName("within")} ${within.problem}`);
  const ms = "ms" in within ? within.ms : 0;
  const seek = (value: Value, context: EvidenceContext) => lookUntilFound(look, value, context, ms);
  Object.defineProperty(seek, "name", { value: look?.name });
  return Object.assign(seek, { problems: found });
}

async function lookUntilFound<Value>(
  look: (value: Value, context: EvidenceContext) => unknown,
  value: Value,
  context: EvidenceContext,
  withinMs: number,
): Promise<unknown> {
  const endsAt = performance.now() + withinMs;
  let told: LookResult | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const glance = await lookOnce(look, value, context, endsAt - performance.now(), withinMs);
    if ("answer" in glance && "found" in readAnswer(glance.answer, "")) return glance.answer;
    // A last look that was cut short knows less than the one before it.
    told = glance.late && told !== undefined ? told : glance;
    const waitMs = Math.min(pauseMs, endsAt - performance.now() - LAST_LOOK_MS);
    if (waitMs <= 0 || context.signal.aborted) {
      if ("thrown" in told) throw told.thrown;
      return told.answer;
    }
    await pause(waitMs, context.signal);
  }
}

type LookResult = { readonly late?: boolean } & ({ readonly answer: unknown } | { readonly thrown: unknown });

/** A look that hangs, and does not heed its signal, is left behind when its time is over. */
async function lookOnce<Value>(
  look: (value: Value, context: EvidenceContext) => unknown,
  value: Value,
  context: EvidenceContext,
  leftMs: number,
  withinMs: number,
): Promise<LookResult> {
  const late = { missing: `looking for it took longer than ${formatDuration(withinMs)}` };
  const over = new AbortController();
  const { promise: tooLate, resolve: giveUp } = Promise.withResolvers<typeof late>();
  const timer = setTimeout(() => {
    over.abort(new Error(late.missing));
    giveUp(late);
  }, leftMs);
  const signal = AbortSignal.any([context.signal, over.signal]);
  try {
    const answer = await Promise.race([(async () => look(value, { ...context, signal }))(), tooLate]);
    return answer === late ? { answer, late: true } : { answer };
  } catch (thrown) {
    return over.signal.aborted ? { answer: late, late: true } : { thrown };
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(end, ms);
  signal.addEventListener("abort", end, { once: true });
  function end() {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    resolve();
  }
  return promise;
}
