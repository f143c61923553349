import { optionName } from "../core/wording.ts";
import { formatDuration, parseDuration, type Duration } from "../core/duration.ts";
import { readOptions } from "../core/options.ts";
import { readAnswer } from "./answer.ts";
import type { Evidence, EvidenceContext } from "../core/evidence.ts";

export interface SettlingOptions {
  /**
   * How long the artifact may take to appear. hardcall repeats the look within this time, with pauses that grow from 25 ms to 1 s. The
   * call's total timeout can shorten this time, but not below one second.
   *
   * @default "2s"
   */
  readonly within?: Duration | undefined;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1000;
/** How much time the last look has at least, where `within` is not less. */
const LAST_LOOK_MS = 100;

/**
 * Repeats a look until the artifact exists or `within` has passed. The built-in evidence functions do this by themselves.
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
  const check = (value: Value, context: EvidenceContext) => lookUntilFound(look, value, context, ms);
  Object.defineProperty(check, "name", { value: look?.name });
  return Object.assign(check, { problems: found });
}

async function lookUntilFound<Value>(
  look: (value: Value, context: EvidenceContext) => unknown,
  value: Value,
  context: EvidenceContext,
  withinMs: number,
): Promise<unknown> {
  const endsAt = performance.now() + withinMs;
  let last: LookResult | undefined;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    // After a pause from which the host woke late (a block, a suspended machine) the time may be over before the last look begins.
    const leftMs = Math.max(endsAt - performance.now(), Math.min(withinMs, LAST_LOOK_MS));
    const result = await lookOnce(look, value, context, leftMs, withinMs);
    if ("answer" in result && "found" in readAnswer(result.answer, "")) return result.answer;
    // If the last look was cut short, the answer of the look before it says more.
    last = result.late && last !== undefined ? last : result;
    const waitMs = Math.min(pauseMs, endsAt - performance.now() - LAST_LOOK_MS);
    if (waitMs <= 0 || context.signal.aborted) {
      if ("thrown" in last) throw last.thrown;
      return last.answer;
    }
    await pause(waitMs, context.signal);
  }
}

type LookResult = { readonly late?: boolean } & ({ readonly answer: unknown } | { readonly thrown: unknown });

/** One look. If it ignores its signal and goes on after its time, hardcall no longer waits for it. */
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
