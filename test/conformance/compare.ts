import { isRecord } from "./normalise.ts";
import type { Seen } from "./observe.ts";

/** The columns of the table: what of a run can differ. */
export const ASPECTS = ["exit", "stream", "text", "fields", "events"] as const;
export type Aspect = (typeof ASPECTS)[number];

export interface Difference {
  readonly aspect: Aspect;
  /** Where: `stdout`, or a place in an event such as `result.usage.speed`. */
  readonly path: string;
  /** undefined when it is not there. */
  readonly genuine: unknown;
  readonly fake: unknown;
}

export function compare(genuine: Seen, fake: Seen): Difference[] {
  return [
    ...unequal("exit", "exit", genuine.exit, fake.exit),
    ...unequal("stream", "stream", genuine.streams, fake.streams),
    ...unequal("text", "stderr", genuine.stderr, fake.stderr),
    ...compareStdout(genuine.stdout, fake.stdout),
  ];
}

function compareStdout(genuine: Seen["stdout"], fake: Seen["stdout"]): Difference[] {
  if (genuine.kind === "text" && fake.kind === "text") {
    return unequal("text", "stdout", genuine.text, fake.text);
  }
  if (genuine.kind === "value" && fake.kind === "value") {
    return deepDifferences(label(genuine.value), genuine.value, fake.value);
  }
  if (genuine.kind === "events" && fake.kind === "events") {
    const sequences = [genuine.events.map(label).join(" "), fake.events.map(label).join(" ")] as const;
    // Events that are not the same ones cannot be compared one by one.
    if (sequences[0] !== sequences[1]) return unequal("events", "sequence", ...sequences);
    return genuine.events.flatMap((event, n) => deepDifferences(label(event), event, fake.events[n]));
  }
  return unequal("events", "form", genuine.kind, fake.kind);
}

/** What an event is, in a word. */
export function label(event: unknown): string {
  if (!isRecord(event)) return "value";
  // claude's partial messages and codex's items say what they are one level down.
  const wrapped = [event["event"], event["item"]].find(isRecord);
  const inner = wrapped?.["type"];
  // What became of a run is a field of its result, not another kind of event.
  const detail = event["type"] === "result" ? undefined : (event["subtype"] ?? inner);
  return [event["type"] ?? "value", detail].filter((part) => typeof part === "string").join("/");
}

export function deepDifferences(path: string, genuine: unknown, fake: unknown): Difference[] {
  if (!isRecord(genuine) || !isRecord(fake) || Array.isArray(genuine) !== Array.isArray(fake)) {
    return unequal("fields", path, genuine, fake);
  }
  // Keys come in another order in every version of the CLI, so order is nothing to rely on.
  const keys = new Set([...Object.keys(genuine), ...Object.keys(fake)]);
  return [...keys].flatMap((key) => deepDifferences(`${path}.${key}`, genuine[key], fake[key]));
}

function unequal(aspect: Aspect, path: string, genuine: unknown, fake: unknown): Difference[] {
  return JSON.stringify(genuine) === JSON.stringify(fake) ? [] : [{ aspect, path, genuine, fake }];
}
