import pTimeout from "p-timeout";
import type { PreviousAttempt } from "../core/callee.ts";
import type { ProbeAnswer } from "../core/vocabulary.ts";
import type { ProbeReport } from "../ledger/operation/events.ts";
import { identify } from "./identify.ts";
import type { Definition } from "./invocation.ts";
import type { OngoingCall } from "./ongoing-call.ts";

const PROBE_WITHIN_MS = 30_000;

/** Finds out whether an earlier attempt took effect, before the attempt of this number. */
export type EffectLook = (previous: PreviousAttempt | undefined, attempt: number) => Promise<ProbeReport>;

/** The check of this call: the callee finds and joins what it started before; otherwise the caller's probe looks for the effect. */
export function lookOf<Input>(
  definition: Pick<Definition<Input, never, object>, "name" | "callee" | "effects" | "probe">,
  input: Input,
  key: string,
  call: OngoingCall,
): EffectLook {
  const { probe } = definition;
  const canJoin = async (previous: PreviousAttempt | undefined, attempt: number) => {
    // It ended well but broke the contract; joining it would give the same output.
    if (previous === undefined || previous.effect === "completed") return false;
    const found = await identify(definition, input, call, { key, attempt, previous });
    return found?.safe === true;
  };
  return async (previous, attempt) => {
    if (await canJoin(previous, attempt)) return "join";
    if (probe === undefined) return "unknown";
    return await within(call, (signal) => probe(input, { signal, callId: call.callId, key }));
  };
}

/** Asks the probe. The answer is `unknown` if it throws, answers something else, takes too long or is cancelled. */
async function within(
  call: OngoingCall,
  probe: (signal: AbortSignal) => ProbeAnswer | Promise<ProbeAnswer>,
): Promise<ProbeAnswer> {
  const controller = new AbortController();
  try {
    const milliseconds = Math.min(PROBE_WITHIN_MS, Math.max(1000, call.remainingMs()));
    const probing = (async () => probe(controller.signal))();
    const seen = await pTimeout(probing, { milliseconds, signal: call.signal });
    return seen === "present" || seen === "absent" ? seen : "unknown";
  } catch {
    return "unknown";
  } finally {
    controller.abort();
  }
}
