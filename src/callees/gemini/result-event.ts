import type { GeminiEvent } from "./events.ts";

/** The event that ends a run, and the only one that says how it ended. */
export interface GeminiResult {
  readonly isError: boolean;
  /** A class of gemini's, such as `FatalTurnLimitedError`; "unknown" for errors of the API. */
  readonly errorType: string | undefined;
  readonly errorMessage: string | undefined;
  /** Tokens, for all requests of the run. */
  readonly usage: Readonly<Record<string, unknown>> | undefined;
}

/** Reads the event. A status that is not plain success counts as an error, so that a change in a later version is not taken for an answer. */
export function readGeminiResult(event: GeminiEvent): GeminiResult {
  const error = objectIn(event["error"]);
  return {
    isError: event.status !== "success" || error !== undefined,
    errorType: stringIn(error?.["type"]),
    errorMessage: stringIn(error?.["message"]),
    usage: objectIn(event["stats"]),
  };
}

export const stringIn = (value: unknown) => (typeof value === "string" ? value : undefined);

export const objectIn = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
