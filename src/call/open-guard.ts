import type { IdempotencyGuard } from "./idempotency-guard.ts";
import { inputFingerprint } from "./input-fingerprint.ts";
import type { Definition } from "./invocation.ts";
import { LEASE_MS } from "./lease.ts";
import { LedgerGuard } from "./ledger-guard.ts";
import { lookOf } from "./look.ts";
import type { OngoingCall } from "./ongoing-call.ts";

/**
 * The ledger as the guard of one call.
 *
 * @throws ConfigError `invalid_config` for an input that no fingerprint can be made of, or a ledger that cannot be meant
 */
export function openGuard<Input>(
  definition: Pick<
    Definition<Input, never, object>,
    | "name"
    | "callee"
    | "effects"
    | "probe"
    | "effectWithinMs"
    | "output"
    | "ledger"
    | "store"
    | "onInProgress"
  >,
  input: Input,
  key: string,
  call: OngoingCall,
): IdempotencyGuard {
  const { name, callee, effects, effectWithinMs } = definition;
  const request = {
    name,
    key,
    callId: call.callId,
    fingerprint: inputFingerprint(definition, input),
    // A callee that can look at what it started is its own probe: not even a call that must not happen twice is stuck.
    effects: effects === "once" && callee.identify ? "verifiable" : effects,
    leaseMs: LEASE_MS,
    effectWithinMs,
  } as const;
  return new LedgerGuard(definition, request, lookOf(definition, input, key, call), call);
}
