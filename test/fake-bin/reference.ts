import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Json } from "./harness.ts";

/** What the real CLI 2.1.329 did, with ids, folders and lists replaced by placeholders. */
const Observed = z.object({
  name: z.string(),
  args: z.array(z.string()),
  stdin: z.string().optional(),
  signalSent: z.enum(["SIGTERM", "SIGINT"]).optional(),
  exitCode: z.int(),
  stdout: z.string(),
  stderr: z.string(),
});
export type Observed = z.infer<typeof Observed>;

const file = join(import.meta.dirname, "../fixtures/claude-reference.json");
export const reference = z.array(Observed).parse(JSON.parse(readFileSync(file, "utf8")));

export function observed(name: string): Observed {
  const found = reference.find((one) => one.name === name);
  if (!found) throw new Error(`the reference has no ${name}`);
  return found;
}

/** The text with what differs from run to run replaced as the reference has it. */
export const normalised = (text: string): string =>
  text
    .replaceAll("gateway.test:8080", "<gateway>")
    .replaceAll(/req_[0-9a-f]{24}/g, "req_1")
    .replaceAll(/msg_[0-9a-f]{24}/g, "msg_1")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>");

/** Keys and types all the way down. An array is what its first element is; `<list>` stands for any. */
export function shape(value: unknown): unknown {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 || value[0] === "<list>" ? "array" : [shape(value[0])];
  if (typeof value !== "object") return typeof value;
  const entries = Object.entries(value).map(([key, inner]) => [key, shape(inner)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same, for an event whose lists are of no interest. */
export const flatShape = (event: Json): unknown =>
  Object.fromEntries(
    Object.entries(event).map(([key, value]) => [key, Array.isArray(value) ? "array" : shape(value)]),
  );
