import { useEffect, useRef, useState } from "preact/hooks";
import type { CallRow, CallsChange, CallsPage } from "../data.ts";
import { get, sentence } from "./api.ts";
import { onCalls } from "./store.ts";

export interface Filter {
  readonly name: string;
  readonly outcome: string;
  readonly code: string;
}

export interface CallList {
  readonly calls: readonly CallRow[];
  readonly names: readonly string[];
  readonly codes: readonly string[];
  readonly problem: string;
  readonly isLoading: boolean;
  /** Loads the next page; absent on the last. */
  readonly older: (() => void) | undefined;
}

const PAGE = 200;

/** One list is asked for at a time, and at most so often: a burst of calls is one question. */
const REFRESH_MS = 1000;

/** The calls that fit the filter: read once, then kept up to date by events. */
export function useCallList(filter: Filter): CallList {
  const [pages, setPages] = useState<CallsPage | undefined>();
  const [problem, setProblem] = useState("");
  const [isLoading, setLoading] = useState(false);
  const reload = useRef<() => void>(() => {});
  const { name, outcome, code } = filter;

  const ask = async (before: string | undefined, signal: AbortSignal) => {
    setLoading(true);
    try {
      const page = await get<CallsPage>(`api/calls?${query(filter, before)}`, signal);
      setPages((old) =>
        before === undefined || old === undefined ? page : { ...page, calls: merged(old.calls, page.calls) },
      );
      setProblem("");
    } catch (error) {
      if (!signal.aborted) setProblem(sentence(error));
    } finally {
      if (!signal.aborted) setLoading(false);
    }
  };

  useEffect(() => {
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    void ask(undefined, control.signal);
    reload.current = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void ask(undefined, control.signal);
      }, REFRESH_MS);
    };
    const end = onCalls((change) => {
      if (change.more) reload.current();
      else setPages((old) => old && { ...old, calls: applied(old.calls, change, filter) });
    });
    return () => {
      end();
      clearTimeout(timer);
      control.abort();
    };
  }, [name, outcome, code]);

  const next = pages?.next;
  return {
    calls: pages?.calls ?? [],
    names: pages?.names ?? [],
    codes: pages?.codes ?? [],
    problem,
    isLoading,
    older: next === undefined ? undefined : () => void ask(next, new AbortController().signal),
  };
}

function query({ name, outcome, code }: Filter, before: string | undefined): string {
  const given = Object.entries({ name, outcome, code, before: before ?? "" }).filter(
    ([, value]) => value !== "",
  );
  return String(new URLSearchParams(given));
}

const fits = (call: CallRow, { name, outcome, code }: Filter) =>
  (name === "" || call.name === name) &&
  (outcome === "" || call.outcome === outcome) &&
  (code === "" || call.code === code);

/** The newest change first; a list that nobody lengthened stays one page long. */
function applied(calls: readonly CallRow[], { changed }: CallsChange, filter: Filter): readonly CallRow[] {
  const ids = new Set(changed.map(({ callId }) => callId));
  const others = calls.filter(({ callId }) => !ids.has(callId));
  const most = Math.max(PAGE, calls.length);
  return sorted([...changed.filter((call) => fits(call, filter)), ...others]).slice(0, most);
}

function merged(first: readonly CallRow[], second: readonly CallRow[]): readonly CallRow[] {
  const ids = new Set(first.map(({ callId }) => callId));
  return sorted([...first, ...second.filter(({ callId }) => !ids.has(callId))]);
}

const sorted = (calls: readonly CallRow[]) => calls.toSorted((a, b) => b.changedAt - a.changedAt);
