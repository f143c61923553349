import { setTimeout as wait } from "node:timers/promises";

/** Agents whose ledger does not know yet what has ended in this process: a place that is given back, a call that waits no more. */
const telling = new Map<object, PromiseWithResolvers<void>>();

export function hasToTell(agent: object): void {
  if (!telling.has(agent)) telling.set(agent, Promise.withResolvers<void>());
}

export function hasTold(agent: object): void {
  telling.get(agent)?.resolve();
  telling.delete(agent);
}

/**
 * Waits until the ledgers know which places this process has given back, at most so long. Never rejects. A process that dies before leaves
 * its places to the end of their lease, for all who cannot look whether it lives.
 */
export async function placesGivenBack(withinMs: number): Promise<void> {
  if (telling.size === 0) return;
  const late = new AbortController();
  const isLate = wait(withinMs, undefined, { signal: late.signal }).catch(() => undefined);
  await Promise.race([Promise.all([...telling.values()].map(({ promise }) => promise)), isLate]);
  late.abort();
}
