import { advise } from "../core/wording.ts";
import { logContent } from "../telemetry/log.ts";
import type { Hashed } from "./content.ts";
import { contentError } from "./content-error.ts";
import type { CheckContentAnswer } from "../ledger/contents/contents.ts";
import type { DeduplicatorOptions } from "./deduplicator-options.ts";
import type { DuplicateContent, PendingContent } from "./verdict.ts";

type Answer<Kind extends CheckContentAnswer["kind"]> = CheckContentAnswer & { readonly kind: Kind };

/** @throws CallError `duplicate_streak` when the streak reaches `maxStreak` */
export async function reportDuplicate(
  { scope, maxStreak, logger }: DeduplicatorOptions,
  hashed: Hashed,
  { seen, times, streak }: Answer<"duplicate">,
  callId: string | undefined,
): Promise<DuplicateContent> {
  const at = new Date(seen.firstAt).toISOString();
  const of = { ...(seen.callId !== undefined && { callId: seen.callId }), at };
  const verdict = { verdict: "duplicate", ...hashed, of, times, streak } as const;
  const isStreak = streak >= maxStreak;
  const code = isStreak ? ({ code: "duplicate_streak" } as const) : {};
  await logContent({ scope, outcome: "duplicate", ...code, ...verdict, callId }, logger);
  if (!isStreak) return verdict;
  const message = `The content for "${scope}" is the same for the ${ordinal(streak)} time in a row (first at ${at}${
    seen.callId === undefined ? "" : `, by call ${seen.callId}`
  }). ${advise("duplicate_streak")}`;
  throw contentError(scope, "duplicate_streak", message, { callId, ...hashed });
}

export async function reportPending(
  { scope, logger }: DeduplicatorOptions,
  hashed: Hashed,
  { callId, since, retryAfterMs }: Answer<"pending">,
  ownCallId: string | undefined,
): Promise<PendingContent> {
  const at = new Date(since).toISOString();
  const of = { callId, at };
  await logContent({ scope, outcome: "pending", ...hashed, callId: ownCallId, of, retryAfterMs }, logger);
  return {
    verdict: "pending",
    ...hashed,
    by: { ...(callId !== undefined && { callId }), since: at },
    retryAfterMs,
  };
}

/** The error for content that a `once` may have published, or is publishing. */
export function unsettled(scope: string, code: "in_doubt" | "in_progress", hashed: Hashed) {
  const what =
    code === "in_doubt"
      ? "may have been published: hardcall does not know how its attempt ended"
      : "is being published";
  const message = `The content for "${scope}" ${what} (key ${scope}/${hashed.sha256}). ${advise(code)}`;
  return contentError(scope, code, message, hashed);
}

function ordinal(n: number): string {
  const rest = n % 100;
  const suffix = rest > 10 && rest < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${suffix}`;
}
