import { lazily } from "../core/lazily.ts";
import { ConfigError } from "../core/errors.ts";
import { errorName } from "../core/failure.ts";
import type { Settled } from "../core/settled.ts";
import { AttemptLoop } from "./attempt-loop.ts";
import type { EffectiveLimits } from "./effective-limits.ts";
import { UNGUARDED, type IdempotencyGuard } from "./idempotency-guard.ts";
import { journalCall } from "./journal-call.ts";
import type { Definition, Invocation } from "./invocation.ts";
import { OngoingCall } from "./ongoing-call.ts";
import { traceCall } from "./trace-call.ts";

/** Runs a call: attempts until one holds the contract or no other may follow. Rejects only for a fault in hardcall itself. */
export async function runCall<Input, Value, Details extends object>(
  definition: Definition<Input, Value, Details>,
  limits: EffectiveLimits,
  invocation: Invocation<Input>,
): Promise<Settled<Value, Details>> {
  const { key, input } = invocation;
  const call = new OngoingCall(limits, invocation);
  try {
    const problems = await inputProblems(definition, limits, invocation, call);
    if (problems.length > 0) return new ConfigError(definition.name, problems);
    const work = async () => {
      const guard = await guardOf(definition, invocation, call);
      return await new AttemptLoop(definition, limits, input, call, guard).settle();
    };
    return await traceCall(definition, { callId: call.callId, key }, () =>
      journalCall(definition, limits, invocation, call, work),
    );
  } finally {
    call.detach();
  }
}

/** The guard of a call: the ledger for a call with a key, and before it the places of its resource. A call that is already cancelled starts nothing and needs no ledger. */
async function guardOf<Input>(
  definition: Definition<Input, never, object>,
  { input, key }: Invocation<Input>,
  call: OngoingCall,
): Promise<IdempotencyGuard> {
  const { resource } = definition;
  if (call.signal.aborted || (key === undefined && resource === undefined)) return UNGUARDED;
  const keyed = key === undefined ? undefined : (await loadGuard()).openGuard(definition, input, key, call);
  if (resource === undefined) return keyed ?? UNGUARDED;
  const { openResource } = await loadResource();
  return openResource(definition, resource, keyed, call);
}

/** Only calls with a key load the ledger. */
const loadGuard = lazily(() => import("./open-guard.ts"));

/** Only calls with a resource load its rules. */
const loadResource = lazily(() => import("./open-resource.ts"));

/** What is wrong with the input. A call that is cancelled meanwhile starts nothing, so its input is not checked. */
async function inputProblems<Input>(
  { callee, output }: Pick<Definition<Input, never, object>, "callee" | "output">,
  { retry: { attempts } }: EffectiveLimits,
  { input, key }: Invocation<Input>,
  call: OngoingCall,
): Promise<readonly string[]> {
  const { signal } = call;
  if (callee.gather !== undefined && !signal.aborted) {
    const problems = await callee.gather({ key, attempts, remainingMs: call.remainingMs(), signal });
    if (problems.length > 0) return problems;
    if (signal.aborted) return [];
  }
  try {
    return callee.check?.(input, { output }) ?? [];
  } catch (error) {
    // A getter of the input threw.
    return [`the input cannot be read: reading it threw ${errorName(error)}`];
  }
}
