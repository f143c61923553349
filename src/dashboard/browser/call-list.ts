import { useEffect, useRef, useState } from "preact/hooks";
import type { CallsPage } from "../data.ts";
import { get, sentence } from "./api.ts";
import { changed, type Filter, firstPage, isTooLong, type Listed, longer, refreshed } from "./call-pages.ts";
import { onCalls } from "./store.ts";

export interface CallList {
  readonly listed: Listed | undefined;
  readonly problem: string;
  readonly isLoading: boolean;
  /** Loads the page that `next` leads to. */
  readonly loadOlder: () => void;
}

/** A burst of calls is one question. */
const REFRESH_MS = 1000;

/** The calls that fit the filter: read once, then kept up to date by events. */
export function useCallList(filter: Filter): CallList {
  const [listed, setListed] = useState<Listed | undefined>();
  const [problem, setProblem] = useState("");
  const [isLoading, setLoading] = useState(false);
  const present = useRef<{ readonly signal: AbortSignal; readonly refresh: () => void } | undefined>(
    undefined,
  );
  const { name, outcome, code } = filter;

  const ask = async (
    before: string | undefined,
    signal: AbortSignal | undefined,
    join: (list: Listed | undefined, page: CallsPage) => Listed,
  ) => {
    setLoading(true);
    try {
      const page = await get<CallsPage>(`api/calls?${query(filter, before)}`, signal);
      setListed((list) => join(list, page));
      setProblem("");
    } catch (error) {
      if (signal?.aborted !== true) setProblem(sentence(error));
    } finally {
      if (signal?.aborted !== true) setLoading(false);
    }
  };

  useEffect(() => {
    const control = new AbortController();
    const { signal } = control;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void ask(undefined, signal, (list, page) => (list ? refreshed(list, page) : firstPage(page)));
      }, REFRESH_MS);
    };
    present.current = { signal, refresh };
    // The list of another filter stays until this one is there: the page does not jump.
    void ask(undefined, signal, (_, page) => firstPage(page));
    const end = onCalls((change) => {
      if (change.more) refresh();
      else setListed((list) => list && changed(list, change, filter));
    });
    return () => {
      end();
      clearTimeout(timer);
      control.abort();
    };
  }, [name, outcome, code]);

  const hasOutgrown = listed !== undefined && isTooLong(listed);
  useEffect(() => {
    if (hasOutgrown) present.current?.refresh();
  }, [hasOutgrown]);

  return {
    listed,
    problem,
    isLoading,
    loadOlder: () =>
      void ask(listed?.next, present.current?.signal, (list, page) =>
        list ? longer(list, page) : firstPage(page),
      ),
  };
}

function query({ name, outcome, code }: Filter, before: string | undefined): string {
  const given = Object.entries({ name, outcome, code, before: before ?? "" }).filter(
    ([, value]) => value !== "",
  );
  return String(new URLSearchParams(given));
}
