import { useEffect, useState } from "preact/hooks";
import { current, type Known, ledgerNow, onKnown } from "./store.ts";

/** What the page knows; drawn again when it changes. */
export function useKnown(): Known {
  const [known, setKnown] = useState(current);
  useEffect(() => {
    const take = () => setKnown(current());
    const end = onKnown(take);
    // An effect runs after the page was painted, and the first event may have come before. It may be the last one for hours.
    take();
    return end;
  }, []);
  return known;
}

/** The ledger's clock, drawn again every second. */
export function useNow(): number {
  const [now, setNow] = useState(() => ledgerNow(current()));
  useEffect(() => {
    const timer = setInterval(() => setNow(ledgerNow(current())), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** The part behind `#`, as parameters: `call`, and the filters `name`, `outcome`, `code`. */
export function useRoute(): URLSearchParams {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener("hashchange", changed);
    changed();
    return () => removeEventListener("hashchange", changed);
  }, []);
  return new URLSearchParams(hash.replace(/^#/, ""));
}

/** The present route with other values; an empty one goes away. */
export function routeWith(changes: { readonly [name: string]: string | undefined }): string {
  const route = new URLSearchParams(location.hash.replace(/^#/, ""));
  for (const [name, value] of Object.entries(changes)) {
    if (!value) route.delete(name);
    else route.set(name, value);
  }
  return `#${route}`;
}
