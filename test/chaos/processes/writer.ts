/**
 * Another program that has the ledger's file open, `writer.ts <ledger>`. It does what each line says, one at a time, and
 * prints `true` when it has begun: it holds a lock for a while, or forgets everything in a transaction that it never ends.
 */
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";

export type WriterOrder =
  | { readonly kind: "lock"; readonly mode: "IMMEDIATE" | "EXCLUSIVE"; readonly forMs: number }
  | { readonly kind: "forget" };

const [ledger = ""] = process.argv.slice(2);
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as WriterOrder;
  const database = new DatabaseSync(ledger, { timeout: 5000 });
  try {
    database.exec(`BEGIN ${order.kind === "lock" ? order.mode : "IMMEDIATE"}`);
    if (order.kind === "lock") {
      console.log(true);
      await wait(order.forMs);
    } else {
      // A cache of one page: what is not committed goes into the log at once, where a bad recovery would believe it.
      database.exec("PRAGMA cache_size = 1; DELETE FROM attempts; DELETE FROM operations");
      console.log(true);
      await wait(10_000);
    }
    database.exec("ROLLBACK");
  } catch (error) {
    // The disk is full, or a host holds the lock for longer.
    console.log(String(error));
  } finally {
    database.close();
  }
}
