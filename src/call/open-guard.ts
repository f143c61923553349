import { ConfigError } from "../core/errors.ts";
import type { ClaimingGuard } from "./idempotency-guard.ts";
import { inputFingerprint } from "./input-fingerprint.ts";
import type { Definition } from "./invocation.ts";
import { LEASE_MS, leaseProblems, spansHosts } from "./lease-room.ts";
import { LedgerGuard } from "./ledger-guard.ts";
import { lookOf } from "./look.ts";
import type { OngoingCall } from "./ongoing-call.ts";

/**
 * The ledger as the guard of one call.
 *
 * @throws ConfigError `invalid_config` for an input without a fingerprint, an invalid path of the ledger, or a callee that takes too long to
 *   stop for a ledger that several hosts share
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
    | "resource"
  >,
  input: Input,
  key: string,
  call: OngoingCall,
): ClaimingGuard {
  const { name, callee, effects, effectWithinMs, resource } = definition;
  const problems = spansHosts(definition.ledger) ? leaseProblems(callee) : [];
  if (problems.length > 0) throw new ConfigError(name, problems);
  const request = {
    name,
    key,
    callId: call.callId,
    fingerprint: inputFingerprint(definition, input),
    // A callee that can find what it started is its own probe, so a doubt about a `once` call can be settled, too.
    effects: effects === "once" && callee.identify ? "verifiable" : effects,
    leaseMs: LEASE_MS,
    effectWithinMs,
  } as const;
  // A call must not wait for another one while it has a place: the guard of its resource does that (resource-guard.ts).
  const rules = resource === undefined ? definition : { ...definition, onInProgress: "fail" as const };
  return new LedgerGuard(rules, request, lookOf(definition, input, key, call), call);
}
