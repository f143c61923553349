import type { CallRow, CallsChange, CallsPage } from "../data.ts";

/** What is asked of a call that is listed; an empty text asks nothing. */
export interface Filter {
  readonly name: string;
  readonly outcome: string;
  readonly code: string;
}

/** The calls on the page: pages of the server's answers as one list. */
export interface Listed extends CallsPage {
  /** How many pages the reader asked for. */
  readonly pages: number;
}

export const firstPage = (page: CallsPage): Listed => ({ ...page, pages: 1 });

/** With the page that `next` led to. */
export const longer = (list: Listed, page: CallsPage): Listed => ({
  ...page,
  calls: together(list.calls, page.calls),
  pages: list.pages + 1,
});

/** With a new answer of the first page. What the reader asked for beyond it stays, where the answer reaches it. */
export const refreshed = (list: Listed, page: CallsPage): Listed =>
  list.pages > 1 && list.calls.some(({ callId }) => callId === page.calls.at(-1)?.callId)
    ? { ...list, calls: together(page.calls, list.calls), names: page.names }
    : firstPage(page);

/** With what changed. Nothing falls off the end, because `next` goes on there. */
export function changed(list: Listed, change: CallsChange, filter: Filter): Listed {
  const ids = new Set(change.changed.map(({ callId }) => callId));
  const others = list.calls.filter(({ callId }) => !ids.has(callId));
  return { ...list, calls: sorted([...change.changed.filter((call) => fits(call, filter)), ...others]) };
}

/** A page that is open for a day must not grow by every call of it; twice a page is enough. */
export const isTooLong = ({ calls, pages }: Listed): boolean => pages === 1 && calls.length > 400;

const fits = (call: CallRow, { name, outcome, code }: Filter) =>
  (name === "" || call.name === name) &&
  (outcome === "" || call.outcome === outcome) &&
  (code === "" || call.code === code);

/** A call that is in both is as the first says. */
function together(first: readonly CallRow[], second: readonly CallRow[]): readonly CallRow[] {
  const ids = new Set(first.map(({ callId }) => callId));
  return sorted([...first, ...second.filter(({ callId }) => !ids.has(callId))]);
}

const sorted = (calls: readonly CallRow[]) =>
  calls.toSorted((a, b) => b.changedAt - a.changedAt || (a.callId < b.callId ? -1 : 1));
