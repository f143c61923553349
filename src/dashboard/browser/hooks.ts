import { useEffect, useReducer, useState } from "preact/hooks";
import { current, type Known, ledgerNow, onKnown } from "./store.ts";

/** What the page knows; drawn again when it changes. */
export function useKnown(): Known {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => onKnown(() => redraw(undefined)), []);
  return current();
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
