import type { CallsChange, OverviewChange } from "../data.ts";
import { get, RefusedRequest } from "./api.ts";

export type Connection =
  | { readonly state: "connecting" | "live" }
  /** `since`: by this machine's clock. */
  | { readonly state: "lost"; readonly since: number }
  | { readonly state: "no_session"; readonly message: string };

export interface Listeners {
  overview(change: OverviewChange): void;
  calls(change: CallsChange): void;
  /** Also after a reconnection: what came meanwhile is known only from a new list. */
  connection(now: Connection): void;
}

/** The browser tries again by itself only after a broken connection, not after an answer that is no stream. */
const RETRY_MS = 2000;

/**
 * Follows the server's events for as long as the page can be seen. A browser opens at most six connections to one origin over HTTP/1.1, so
 * the streams of hidden tabs would leave the seventh tab without an answer.
 *
 * @returns ends it
 */
export function follow(listeners: Listeners): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lostAt: number | undefined;
  let ended = false;

  const tell = (now: Connection) => {
    if (!ended) listeners.connection(now);
  };
  const on = (type: string, listener: (data: unknown) => void) =>
    source?.addEventListener(type, (event) => listener(JSON.parse((event as MessageEvent<string>).data)));

  const open = () => {
    close();
    source = new EventSource("events");
    source.addEventListener("open", () => {
      lostAt = undefined;
      tell({ state: "live" });
    });
    source.addEventListener("error", () => void failed());
    on("overview", (change) => listeners.overview(change as OverviewChange));
    on("calls", (change) => listeners.calls(change as CallsChange));
  };
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const failed = async () => {
    close();
    lostAt ??= Date.now();
    tell({ state: "lost", since: lostAt });
    timer = setTimeout(open, RETRY_MS);
    // An EventSource does not tell an ended session from a server that is gone.
    const refusal = await get("api/overview").then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal instanceof RefusedRequest && refusal.code === "no_session") {
      clearTimeout(timer);
      tell({ state: "no_session", message: refusal.message });
    }
  };
  const seen = () => {
    if (document.visibilityState === "hidden") close();
    else if (source === undefined) open();
  };

  document.addEventListener("visibilitychange", seen);
  addEventListener("online", open);
  seen();
  return () => {
    ended = true;
    document.removeEventListener("visibilitychange", seen);
    removeEventListener("online", open);
    close();
  };
}
