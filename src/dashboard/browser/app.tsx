import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Overview } from "../data.ts";
import { announce } from "./announcer.ts";
import { Call } from "./call.tsx";
import { Calls } from "./calls.tsx";
import { newsOf } from "./changes.ts";
import { Header, Tiles } from "./header.tsx";
import { useKnown, useRoute } from "./hooks.ts";
import { InDoubt } from "./in-doubt.tsx";
import { Resources } from "./resources.tsx";
import { Running } from "./running.tsx";
import { Sentinels } from "./sentinels.tsx";

/** The page: the overview, or one call. The overview stays as it is behind a call, with its place, its filters and its open forms. */
export function App() {
  const known = useKnown();
  const route = useRoute();
  const callId = route.get("call");
  useAnnouncements(known.overview, known.connection.state);
  useReturn(callId);
  const { overview } = known;
  return (
    <>
      <Header known={known} />
      {callId !== null && <Call callId={callId} />}
      <main id={callId === null ? "main" : "overview"} hidden={callId !== null}>
        {overview?.now === undefined ? (
          // A ledger that was never read: "no call is in doubt" would be a lie.
          <p class="quiet">{overview?.ledger.problem === undefined && "Reading the ledger…"}</p>
        ) : (
          <>
            <Tiles overview={overview} />
            <InDoubt overview={overview} />
            <Running overview={overview} />
            <Resources overview={overview} />
            <Sentinels overview={overview} />
            <Calls route={route} />
          </>
        )}
      </main>
      <p id="announcements" class="hidden" role="status" />
    </>
  );
}

/** Tells a screen reader what asks for an action. */
function useAnnouncements(overview: Overview | undefined, state: string): void {
  const last = useRef<Overview | undefined>(undefined);
  const lastState = useRef(state);
  useEffect(() => {
    if (overview !== undefined && last.current !== undefined)
      newsOf(last.current, overview).forEach(announce);
    last.current = overview;
  }, [overview]);
  useEffect(() => {
    if (state === "lost" && lastState.current === "live") announce("The connection is lost.");
    if (state === "live" && lastState.current === "lost") announce("The connection is back.");
    lastState.current = state;
  }, [state]);
}

/** Back from a call: to the place on the page, and with the focus on the link that led to it. */
function useReturn(callId: string | null): void {
  const place = useRef(0);
  const before = useRef<string | null>(null);
  useEffect(() => {
    history.scrollRestoration = "manual";
    const keep = () => {
      if (before.current === null) place.current = scrollY;
    };
    addEventListener("scroll", keep, { passive: true });
    return () => removeEventListener("scroll", keep);
  }, []);
  // Before the browser lays the page out anew, which moves it to its top.
  useLayoutEffect(() => {
    const came = before.current;
    before.current = callId;
    if (callId !== null || came === null) return;
    scrollTo(0, place.current);
    const links = document.querySelectorAll<HTMLElement>("#main a[data-call]");
    [...links].find(({ dataset }) => dataset["call"] === came)?.focus({ preventScroll: true });
  }, [callId]);
}
