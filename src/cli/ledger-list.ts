import { formatDuration } from "../core/duration.ts";
import { changedAt, type Operation } from "../ledger/operation/state.ts";
import type { LedgerStore, Listing } from "../ledger/store/store.ts";
import { rowsBelow } from "./table.ts";
import { visibleJson } from "./terminal/visible.ts";

/** Few enough that a page of values of 1 MiB each fits into memory. */
const PAGE = 100;

const HEAD = ["STATE", "NAME", "KEY", "ATTEMPTS", "CODE", "AGE", "CALL"];

/** The operations a page at a time, at most `limit` of them. */
async function* pages(
  store: LedgerStore,
  filter: Omit<Listing, "after" | "limit">,
  limit: number,
): AsyncGenerator<readonly Operation[]> {
  let after: Operation | undefined;
  for (let left = limit; left > 0; left -= PAGE) {
    const page = await store.list({ ...filter, after, limit: Math.min(left, PAGE) });
    yield page;
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}

/** A table, written as it is read: columns grow with the cells of later pages. */
export async function* tableOf(...listing: Parameters<typeof pages>): AsyncGenerator<string> {
  const now = Date.now();
  const widths: number[] = [];
  let head: readonly string[] | undefined = HEAD;
  for await (const page of pages(...listing)) {
    const lines = rowsBelow(
      head,
      page.map((operation) => [
        operation.state,
        operation.name,
        operation.key,
        String(operation.attempts),
        operation.code ?? "",
        formatDuration(Math.max(0, now - changedAt(operation))),
        operation.callId,
      ]),
      widths,
    );
    head = undefined;
    yield lines.map((line) => `${line}\n`).join("");
  }
}

/** One array of JSON, written as it is read. */
export async function* jsonOf(...listing: Parameters<typeof pages>): AsyncGenerator<string> {
  let before = "[\n";
  for await (const page of pages(...listing)) {
    for (const operation of page) {
      yield `${before}${visibleJson(operation, 2).replaceAll(/^/gm, "  ")}`;
      before = ",\n";
    }
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}
