import { useEffect, useState } from "preact/hooks";
import type { CallDetail, Tails } from "../data.ts";
import { get, sentence } from "./api.ts";
import { onCalls } from "./store.ts";

export const pathOf = (callId: string): string => `api/calls/${encodeURIComponent(callId)}`;

/** A call that makes many attempts in a second is read once. */
const REFRESH_MS = 1000;

/** One call, read again when it changes. */
export function useCall(callId: string): {
  readonly detail: CallDetail | undefined;
  readonly problem: string;
} {
  const [detail, setDetail] = useState<CallDetail | undefined>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      try {
        setDetail(await get<CallDetail>(pathOf(callId), control.signal));
        setProblem("");
      } catch (error) {
        if (!control.signal.aborted) setProblem(sentence(error));
      }
    };
    setDetail(undefined);
    void read();
    const end = onCalls(({ changed, more }) => {
      if (!more && !changed.some((call) => call.callId === callId)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void read();
      }, REFRESH_MS);
    });
    return () => {
      end();
      clearTimeout(timer);
      control.abort();
    };
  }, [callId]);
  return { detail, problem };
}

export const readTails = (callId: string): Promise<Tails> => get<Tails>(`${pathOf(callId)}/tails`);
