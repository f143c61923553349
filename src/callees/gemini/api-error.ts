import { codeOfStatus } from "../../core/http-status.ts";
import type { ErrorCode } from "../../core/vocabulary.ts";
import { objectIn, stringIn } from "./result-event.ts";

/** What an error message of gemini says about the API's answer. */
export interface ApiError {
  readonly code: ErrorCode;
  /** The HTTP status, where it is known. */
  readonly status: number | undefined;
}

/** How the API's own messages begin that mean something else than their HTTP status. They come before it. */
const BEFORE_STATUS: readonly (readonly [RegExp, ErrorCode])[] = [
  // HTTP 400 (https://ai.google.dev/gemini-api/docs/troubleshooting).
  [/^API key (?:not valid|expired|not found)/i, "auth"],
  // HTTP 429: no wait helps.
  [/^Your prepayment credits are depleted/i, "billing"],
  [/^(?:This API method requires billing|Gemini API free tier is not available)/i, "billing"],
  // HTTP 503 and 429.
  [/^(?:The model is overloaded|This model is currently experiencing high demand)/i, "overloaded"],
];

/** How messages begin that quote the API without its status. Messages without a status are otherwise those of a broken connection. */
const STATUS_BY_TEXT: readonly (readonly [RegExp, number])[] = [
  [/^(?:models\/\S+ is not found|Requested entity was not found)/, 404],
  [/^(?:Resource has been exhausted|You exceeded your current quota|You have exhausted your)/, 429],
];

const API_ERROR = /^\[API Error: /;

/**
 * The error of the API in the message of a result: `undefined` if the message is not about the API.
 *
 * @param exitCode with `stream-json`, gemini exits with the HTTP status modulo 256: 401 is 145, and 512 is 0
 */
export function readApiError(message: string, exitCode: number | undefined): ApiError | undefined {
  if (!API_ERROR.test(message)) return undefined;
  const inner = message.slice("[API Error: ".length);
  const json = jsonIn(inner);
  const said = json?.message ?? inner;
  const status = json?.status ?? statusOfExit(exitCode) ?? byText(STATUS_BY_TEXT, said);
  const code =
    byText(BEFORE_STATUS, said) ??
    (json?.reason === "API_KEY_INVALID" ? "auth" : undefined) ??
    (status === undefined ? undefined : codeOfStatus(status)) ??
    // No connection, a broken one, or an answer that is none of the API's.
    "unavailable";
  return { code, status };
}

/** The HTTP status behind an exit code. Below 144 an exit code means something else. */
export const statusOfExit = (exitCode: number | undefined): number | undefined =>
  exitCode !== undefined && exitCode >= 144 && exitCode <= 255 ? exitCode + 256 : undefined;

/** The wait that an error message tells, in milliseconds; at most a week. "Suggested retry after" is the CLI's reading of the API's RetryInfo. */
export function retryAfterMs(message: string): number | undefined {
  const told = /\b(?:Suggested retry after|[Pp]lease retry in) ((?:\d+(?:\.\d+)?(?:ms|[hms]))+)/.exec(
    message,
  );
  if (told === null) return undefined;
  let ms = 0;
  for (const [, amount, unit] of told[1]!.matchAll(/(\d+(?:\.\d+)?)(ms|[hms])/g))
    ms += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return ms > 0 && ms <= 7 * 86_400_000 ? Math.ceil(ms) : undefined;
}

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

const byText = <T>(table: readonly (readonly [RegExp, T])[], said: string): T | undefined =>
  table.find(([pattern]) => pattern.test(said))?.[1];

/** The body of the API's answer, which most messages quote: `[API Error: {"error":{…}}]`. */
function jsonIn(inner: string) {
  const end = inner.lastIndexOf("}");
  if (!inner.startsWith("{") || end === -1) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(inner.slice(0, end + 1));
  } catch {
    // The message has another form than in 0.61.0; the exit code still has the status.
    return undefined;
  }
  const error = objectIn(objectIn(body)?.["error"]);
  const status = error?.["code"];
  const details = Array.isArray(error?.["details"]) ? (error["details"] as unknown[]) : [];
  return {
    status: typeof status === "number" ? status : undefined,
    message: stringIn(error?.["message"]),
    reason: details
      .map((detail) => stringIn(objectIn(detail)?.["reason"]))
      .find((reason) => reason !== undefined),
  };
}
