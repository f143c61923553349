/** Writes what `node:test` finds as lines of JSON, for the harness, which runs in another system. */
import type { TestEvent } from "node:test/reporters";
import { inspect } from "node:util";

export interface Result {
  /** "finished": all of the file's tests have ended. */
  readonly event: "started" | "passed" | "failed" | "finished";
  readonly name: string;
  readonly isSuite: boolean;
  /** Why a test was skipped. */
  readonly skip?: string | undefined;
  /** The failure, with its stack. */
  readonly error?: string | undefined;
  readonly ms?: number | undefined;
}

export default async function* lines(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    const result = resultOf(event);
    if (result !== undefined) yield lineOf(result);
  }
  yield lineOf({ event: "finished", name: "", isSuite: false });
}

const lineOf = (result: Result) => `${JSON.stringify(result)}\n`;

function resultOf(event: TestEvent): Result | undefined {
  if (event.type === "test:dequeue") return { event: "started", name: event.data.name, isSuite: false };
  if (event.type !== "test:pass" && event.type !== "test:fail") return undefined;
  const { name, skip, details } = event.data;
  const isSuite = details.type === "suite";
  const ms = details.duration_ms;
  if (event.type === "test:pass")
    return { event: "passed", name, isSuite, ms, skip: skip === undefined ? undefined : String(skip) };
  const { error } = event.data.details;
  return {
    event: "failed",
    name,
    isSuite,
    ms,
    error: inspect(error.cause ?? error, { maxStringLength: 1000 }),
  };
}
