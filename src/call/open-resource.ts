import { ConfigError } from "../core/errors.ts";
import { borrowLedger } from "../ledger/open.ts";
import type { Borrowed } from "../ledger/shared.ts";
import { limitsOf } from "../resources/limits-of.ts";
import type { Resource } from "../resources/options.ts";
import { UNGUARDED, type ClaimingGuard, type IdempotencyGuard } from "./idempotency-guard.ts";
import { withinLimit } from "./in-time.ts";
import type { Definition } from "./invocation.ts";
import { leaseProblems, spansHosts } from "./lease-room.ts";
import type { OngoingCall } from "./ongoing-call.ts";
import { ResourceGuard } from "./resource-guard.ts";
import { Room } from "./room.ts";

type ResourceDefinition = Pick<
  Definition<never, never, object>,
  "name" | "callee" | "ledger" | "onBusy" | "onInProgress" | "logger"
>;

/**
 * The guard of a call with a resource.
 *
 * @param keyed the guard of its key; absent without one
 * @throws ConfigError `invalid_config`, naming an environment variable of the resource, or for a callee that takes too long to stop for a
 *   ledger that several hosts share
 */
export function openResource(
  definition: ResourceDefinition,
  resource: Resource,
  keyed: ClaimingGuard | undefined,
  call: OngoingCall,
): IdempotencyGuard {
  const { name, callee, ledger, onInProgress } = definition;
  // Now, so that a wrong variable is told before anything starts.
  const problems = [
    ...variableProblems(resource),
    ...(spansHosts(ledger) ? leaseProblems(callee, true) : []),
  ];
  if (problems.length > 0) throw new ConfigError(name, problems);
  const inner = keyed ?? keylessGuard(definition, call);
  return new ResourceGuard(inner, new Room(resource, definition, call), call, onInProgress);
}

/** What is wrong with the environment variables that tune the resource, as problems of the call that uses it. */
function variableProblems(resource: Resource): readonly string[] {
  try {
    limitsOf(resource, process.env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Admits every attempt, and has the ledger for its resource alone. */
function keylessGuard({ ledger }: Pick<ResourceDefinition, "ledger">, call: OngoingCall): ClaimingGuard {
  let borrowed: Borrowed | undefined;
  return {
    ...UNGUARDED,
    request: undefined,
    hasClaimed: false,
    beforeProbe: undefined,
    async store() {
      borrowed ??= await borrowLedger(ledger, withinLimit(call).withinMs);
      return borrowed.store;
    },
    withdraw: async () => undefined,
    release: async () => await borrowed?.giveBack(),
  };
}
