import { formatDuration } from "../core/duration.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import { type CallListing, listCalls, type ListedCall, CALLS_PER_PAGE } from "./ledger-calls.ts";
import { journalJson } from "./ledger-journal.ts";
import { rowsBelow } from "./table.ts";
import { visibleJson } from "./terminal/visible.ts";

const HEAD = ["STATE", "NAME", "KEY", "ATTEMPTS", "CODE", "AGE", "CALL"];

/** A table, written as it is read: columns grow with the cells of later parts. */
export async function* tableOf(
  store: LedgerStore,
  listing: CallListing,
  limit: number,
): AsyncGenerator<string> {
  const now = Date.now();
  const widths: number[] = [];
  let head: readonly string[] | undefined = HEAD;
  let part: ListedCall[] = [];
  const lines = () => {
    const told = rowsBelow(
      head,
      part.map((call) => cellsOf(call, now)),
      widths,
    );
    head = undefined;
    part = [];
    return told.map((line) => `${line}\n`).join("");
  };
  for await (const call of listCalls(store, listing, limit)) {
    part.push(call);
    if (part.length === CALLS_PER_PAGE) yield lines();
  }
  if (part.length > 0 || head !== undefined) yield lines();
}

function cellsOf(call: ListedCall, now: number): readonly string[] {
  const age = formatDuration(Math.max(0, now - call.at));
  if (call.kind === "operation") {
    const { state, name, key, attempts, code = "", callId } = call.operation;
    return [state, name, key, String(attempts), code, age, callId];
  }
  const { name, key = "-", attempt, code = "", callId } = call.record;
  return [call.state, name, key, String(attempt), code, age, callId];
}

/** One array of JSON, written as it is read. */
export async function* jsonOf(...listing: Parameters<typeof listCalls>): AsyncGenerator<string> {
  let before = "[\n";
  for await (const call of listCalls(...listing)) {
    const told = call.kind === "operation" ? call.operation : journalJson(call.record, call.state);
    yield `${before}${visibleJson(told, 2).replaceAll(/^/gm, "  ")}`;
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}
