import type { Arrival } from "../call/guard/publish-server.ts";
import { suspendedMs } from "../helpers/suspensions.ts";
import type { CallRecord, KeyRecord } from "./records.ts";
import { LIMITS } from "./subject.ts";

/** What a key comes to. `beyond` says that what the promise leaves out has happened to it, which excuses a second post. */
export interface Verdict {
  readonly broken: readonly string[];
  readonly beyond: readonly string[];
  readonly posts: number;
}

/** Judges one key by the server's own log: what the calls said of themselves is what is judged. */
export function judge(record: KeyRecord): Verdict {
  const posts = record.arrivals.filter(({ publishedAt }) => publishedAt !== undefined);
  const beyond = posts.flatMap((post) => beyondPromise(post, posts, record.calls) ?? []);
  const isDouble = posts.length > 1;
  const broken = [
    ...(isDouble && beyond.length === 0 ? [`${posts.length} posts`] : []),
    ...repeated(record),
    ...record.calls.flatMap((call) => [...untrue(call, posts), ...overrun(call)]),
    ...(record.wedged === undefined ? [] : [`came to no end: ${record.wedged}`]),
  ];
  return { broken, beyond, posts: posts.length };
}

interface Body {
  readonly callId: string;
  readonly attempt: number;
}

const callIdOf = ({ body }: Arrival): string => (JSON.parse(body) as Body).callId;

/** Suspension and delivery together must stay within lease and `effectWithin`. */
function beyondPromise(
  post: Arrival,
  posts: readonly Arrival[],
  calls: readonly CallRecord[],
): string | undefined {
  const { effectWithinMs, leaseMs } = LIMITS;
  if (post.delayMs > effectWithinMs) return `delivered after ${post.delayMs} ms`;
  const { publishedAt = Infinity } = post;
  // A host that died in its call has not told its id, so its suspensions count for each request that it may have sent.
  const sendersOf = (of: Arrival) =>
    calls.filter(
      ({ answer, begunAt }) => begunAt <= of.at && (answer?.callId ?? callIdOf(of)) === callIdOf(of),
    );
  const others = posts.filter((other) => other !== post).flatMap(sendersOf);
  for (const { life, begunAt } of sendersOf(post)) {
    // Where the others can see that it lives, it keeps its key for as long as it is suspended.
    if (!life.contained && !others.some((other) => other.life.contained)) continue;
    for (const { at, until } of life.suspensions) {
      const ms = Math.min(until, publishedAt) - at;
      // Its last heartbeat may have been a third of the lease before.
      const isTooLong = ms + post.delayMs > (leaseMs * 2) / 3 + effectWithinMs;
      // What was asked of it while it slept, it began when it woke.
      if (isTooLong && at >= begunAt) return `suspended for ${ms} ms`;
    }
  }
  return undefined;
}

/** What an outcome says must be so: there is a post, or this call has made none. */
function untrue({ answer, endedAt = Infinity }: CallRecord, posts: readonly Arrival[]): string[] {
  if (answer === undefined) return [];
  const { outcome, code = "", effect, callId } = answer;
  switch (outcome) {
    case "executed":
    case "replayed":
    case "recovered": {
      const exists = posts.some(({ publishedAt = Infinity }) => publishedAt <= endedAt);
      return exists ? [] : [`${outcome} without a post`];
    }
    case "failed": {
      const denies = effect === "rejected" || effect === "not_started";
      const made = posts.filter((post) => callIdOf(post) === callId);
      return denies && made.length > 0
        ? [`failed with ${code}, ${effect}, and made ${made.length} posts`]
        : [];
    }
    case "in_doubt":
    case "in_progress":
      return [];
    default:
      return outcome satisfies never;
  }
}

/** A key that is honoured hides a second request, and an operation that the ledger forgot: what is done is not asked for again. */
function repeated({ calls, arrivals }: KeyRecord): string[] {
  const isDone = ({ answer }: CallRecord) =>
    answer?.outcome === "executed" || answer?.outcome === "replayed" || answer?.outcome === "recovered";
  const doneAt = Math.min(...calls.filter(isDone).map(({ endedAt = Infinity }) => endedAt));
  const late = calls.filter(({ begunAt }) => begunAt > doneAt).map(({ answer }) => answer?.callId);
  const again = arrivals.filter((arrival) => late.includes(callIdOf(arrival))).length;
  return again === 0 ? [] : [`asked for ${again} times by calls that began when it was done`];
}

/** What stopping takes beside the grace, in this machine's own time (docs/guarantees.md, 1). */
const STOP_MS = 350;

function overrun({ answer, subject, life, begunAt, endedAt }: CallRecord): string[] {
  if (endedAt === undefined) return ["a call that did not end"];
  if (answer === undefined) return [];
  const { ms, outcome, code = "", queuedMs } = answer;
  const asleepMs = suspendedMs(life.suspensions, begunAt, endedAt);
  const excusedMs = queuedMs + asleepMs;
  const boundMs = subject.totalMs + LIMITS.graceMs + STOP_MS + excusedMs;
  if (ms <= boundMs) return [];
  const excuse = `${queuedMs} ms without a processor, ${asleepMs} ms suspended`;
  return [`${outcome} ${code} after ${ms} ms, bound ${boundMs} ms (${excuse})`];
}
