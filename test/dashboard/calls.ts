import { defineCall, task } from "../../src/index.ts";

/** Calls a function with a key; its effect is at most once. */
export const once = (ledger: string, name: string, callee: () => Promise<unknown>) =>
  defineCall({
    name,
    ledger,
    callee: task((_key: string) => callee()),
    effects: "once",
    key: (key: string) => key,
    timeout: "60s",
  });

/** A call whose effect is not known: its connection was reset. */
export async function leaveInDoubt(ledger: string, name: string, key: string): Promise<void> {
  const call = once(ledger, name, () => Promise.reject(new Error("socket hang up")));
  await call(key).catch(() => {
    // It is in doubt now, as it was meant to be.
  });
}

/** A call without a key, which only the journal knows, until the test ends it. */
export function startJournalled(ledger: string, name: string) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const call = defineCall({
    name,
    ledger,
    journal: true,
    callee: task(() => promise),
    timeout: "60s",
    effects: "none",
  });
  const result = call();
  return {
    end: async () => {
      resolve("done");
      await result;
    },
  };
}

/** A call that runs until the test ends it. */
export function startCall(ledger: string, name: string, key: string) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const result = once(ledger, name, () => promise)(key);
  return {
    end: async () => {
      resolve("done");
      await result;
    },
  };
}
