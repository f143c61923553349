import type { Failure, Report } from "../core/callee.ts";
import type { Allowance } from "../core/allowance.ts";
import { formatDuration } from "../core/duration.ts";
import type { Admission } from "./idempotency-guard.ts";
import type { Definition } from "./invocation.ts";
import { firstValid, type AttemptVerdict } from "./verdict.ts";

const MUST_FIT =
  "The work is done and is not repeated under this key. Change the schema so that it fits the recorded output, or use a different key to run it again.";

const MUST_HOLD =
  "The work is done and is not repeated under this key. Relax the checks of its output to those of the first run, or use a different key to run it again.";

/** Judges the success of an earlier call for this one: its value must be there and fit today's schema. */
export async function judgeReplay<Value>(
  { outcome, value, output: bytes, replay }: Admission & { readonly kind: "done" },
  definition: Pick<Definition<never, never, object>, "callee" | "output" | "replayWithoutValue">,
  allowance: Allowance,
): Promise<AttemptVerdict<Value | undefined>> {
  const { callee, output, replayWithoutValue } = definition;
  const isKept = callee.restoreOutput === undefined ? replay.valueKept === "value" : bytes !== undefined;
  // A success that an operator recorded has no output. If the command line printed nothing and exited 0, `> dump.sql` would empty a good file.
  const isMissed =
    outcome === "replayed" || (callee.restoreOutput !== undefined && replay.settledBy === "operator");
  if (isMissed && !isKept && !replayWithoutValue) return { ok: false, failure: notKept(replay) };
  const { failure, candidates = [{ value }] } = readAgain(definition, bytes);
  if (failure !== undefined) return { ok: false, failure: { ...failure, advice: MUST_HOLD } };
  if (output === undefined || replay.valueKept !== "value") return { ok: true, value: value as Value };
  const verdict = await firstValid<Value>(candidates, output, allowance);
  if (verdict.ok) return verdict;
  return {
    ...verdict,
    failure: { ...verdict.failure, ...(verdict.failure.code === "invalid_output" && { advice: MUST_FIT }) },
  };
}

/** Applies the callee's present checks to an output that is printed again. */
function readAgain(
  { callee, output }: Pick<Definition<never, never, object>, "callee" | "output">,
  bytes: Uint8Array | undefined,
): Pick<Report<never, never>, "failure" | "candidates"> {
  if (bytes === undefined) return {};
  return callee.readOutput?.(bytes, { json: output !== undefined }) ?? {};
}

function notKept({ callId, ageMs, valueKept }: (Admission & { readonly kind: "done" })["replay"]): Failure {
  const why = valueKept === "value" ? "" : ` (${valueKept})`;
  const message = `succeeded ${formatDuration(ageMs)} ago (call ${callId}), but the ledger did not keep its output${why}`;
  return { code: "output_not_kept", message, effect: "completed" };
}
