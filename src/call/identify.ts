import type { Identity, PreviousAttempt } from "../core/callee.ts";
import type { Definition } from "./invocation.ts";
import type { OngoingCall } from "./ongoing-call.ts";

/** Asks the callee what its next attempt will start, or join; `undefined` for a callee that cannot tell. */
export async function identify<Input>(
  { name, callee, effects }: Pick<Definition<Input, never, object>, "name" | "callee" | "effects">,
  input: Input,
  call: Pick<OngoingCall, "callId" | "signal" | "remainingMs">,
  attempt: {
    readonly key: string | undefined;
    readonly attempt: number;
    readonly previous: PreviousAttempt | undefined;
  },
): Promise<Identity | undefined> {
  const { callId, signal } = call;
  const remainingMs = call.remainingMs();
  return await callee.identify?.(input, { name, callId, effects, remainingMs, signal, ...attempt });
}
