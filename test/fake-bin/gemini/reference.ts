import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** What gemini 0.61.0 did, with ids, times and folders replaced by placeholders. */
const Observed = z.object({
  name: z.string(),
  args: z.array(z.string()),
  stdin: z.string().optional(),
  signalSent: z.string().optional(),
  signalTo: z.string().optional(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  stdout: z.string(),
  stderr: z.string(),
});
export type Observed = z.infer<typeof Observed>;

const file = join(import.meta.dirname, "../../fixtures/gemini-reference.json");
export const reference = z.array(Observed).parse(JSON.parse(readFileSync(file, "utf8")));

export function observed(name: string): Observed {
  const found = reference.find((one) => one.name === name);
  if (!found) throw new Error(`the reference has no ${name}`);
  return found;
}

/** What the fake's model says, and the name under which the API answers: those of the observed runs. */
export const AS_OBSERVED = { FAKE_GEMINI_TEXT: "Hello from mock", FAKE_GEMINI_MODEL_VERSION: "mock-version" };

/**
 * The text with what differs from run to run replaced: ids, times, durations, folders, ports. Stack traces are one line each: their
 * places differ from release to release. `[STARTUP]` is a race in the real CLI, which printed it in half of the runs.
 */
export const normalised = (text: string): string =>
  text
    .replaceAll(/\[STARTUP\].*\n/g, "")
    // In the observed runs an answer that breaks off says something else.
    .replaceAll("partial text", "Hello from mock")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d[.-]\d{3}Z/g, "<time>")
    .replaceAll(/_\d{13}_/g, "_<ms>_")
    .replaceAll(/("(?:duration_ms|totalLatencyMs|totalDurationMs|durationMs)": ?)\d+/g, "$1<number>")
    .replaceAll(/Retrying after \d+ms/g, "Retrying after <ms>")
    .replaceAll(/\S*(?=\/gemini-client-error)/g, "<tmp>")
    .replaceAll(/((?:local|remote)Port: )[\w<>]+/g, "$1<port>")
    .replaceAll(/(?:^ +at .*\n?)+/gm, (trace) => `    at …${trace.endsWith(" {\n") ? " {" : ""}\n`);

/** The first line of a refusal: the usage that follows has no sentences in the fake. */
export const firstWords = (stderr: string): string => stderr.split("\nUsage: gemini")[0]!;
