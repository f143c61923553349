import type { Identity, PreviousAttempt } from "../core/callee.ts";
import type { Definition } from "./invocation.ts";
import type { OngoingCall } from "./ongoing-call.ts";

/** Asks the callee for the name of the work that its next attempt starts or joins; `undefined` if it names none. */
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
