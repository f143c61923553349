import { createMemoryStore } from "../ledger/store/memory.ts";
import type { LedgerStore } from "../ledger/store/store.ts";

/**
 * Makes a new, empty ledger in the memory of this process, for tests of calls that have a key. It needs no file and no clean-up, and every
 * test can have its own. It is not a mock: it follows all rules of the ledger in a file, and the same tests check both.
 *
 * It is not for production: it forgets everything when the process ends, and no other process sees it. So it cannot
 * prevent a second run after a crash.
 *
 * @example
 * import { memoryLedger } from "hardcall/testing";
 *
 * const ledger = memoryLedger();
 * const publish = defineCall({ name: "publish", callee, timeout: "10s", effects: "once", key: (post) => post.id, ledger });
 * await publish(post);
 * const again = await publish.settle(post); // outcome "replayed": the callee does not run again
 * await ledger.list({}); // one operation, "succeeded"
 */
export function memoryLedger(): LedgerStore {
  return createMemoryStore();
}
