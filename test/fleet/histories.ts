import { postgresLedger } from "../../src/postgres/index.ts";
import type { OperationHistory } from "../../src/ledger/store/store.ts";

const AT_ONCE = 8;

/** Everything that the ledger knows of these keys. */
export async function readHistories(
  url: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, OperationHistory>> {
  const ledger = postgresLedger({ connectionString: url });
  try {
    const histories = new Map<string, OperationHistory>();
    const left = [...keys];
    const worker = async () => {
      for (let key = left.pop(); key !== undefined; key = left.pop()) {
        const [history] = await ledger.show({ callIdOrKey: key });
        if (history !== undefined) histories.set(key, history);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return histories;
  } finally {
    await ledger.close();
  }
}
