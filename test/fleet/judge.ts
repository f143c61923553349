import type { Arrival } from "../call/guard/publish-server.ts";
import { suspendedMs } from "../helpers/suspensions.ts";
import { LIMITS } from "./plan/jobs.ts";
import type { FaultRecord, JobRecord, Life } from "./records.ts";
import { timeOf, type Sent } from "./sent.ts";

/** What a job comes to. */
export interface Verdict {
  /** How it ended, by the queue. */
  readonly end: "completed" | "dead letter" | "failed" | "no end";
  readonly effects: number;
  /** What happened to it that no client can prevent from doubling it; the promise leaves it out. */
  readonly beyond: readonly string[];
  readonly inDoubt: boolean;
  readonly broken: readonly string[];
}

/** What was done to the run, for the judgement of all its jobs. */
export interface Events {
  readonly lives: readonly Life[];
  readonly faults: readonly FaultRecord[];
}

/** Judges one job by the log of the service, the queue, the ledger, and what was done to the run. */
export function judge(record: JobRecord, events: Events): Verdict {
  const posts = record.arrivals.filter(({ publishedAt }) => publishedAt !== undefined);
  const beyond = posts.flatMap((post) => beyondPromise(post, events.lives) ?? []);
  const end = endOf(record);
  const inDoubt = record.ledger?.record.state === "in_doubt";
  const broken = [
    ...(posts.length > 1 && beyond.length === 0 ? [`${posts.length} effects`] : []),
    ...(end === "no end" ? [`the job is still ${record.queue?.state ?? "unknown"}`] : []),
    ...(end === "completed" && posts.length === 0 ? ["completed without an effect"] : []),
    ...(end === "failed" && !record.queue?.output ? ["failed without a reason"] : []),
    ...(end === "dead letter" && !record.dead.every(hasReason)
      ? ["a dead letter without code, effect and call id"]
      : []),
    ...(inDoubt && doubtsOf(record, events).length === 0 ? ["in doubt, and nothing had happened to it"] : []),
  ];
  return { end, effects: posts.length, beyond, inDoubt, broken };
}

function hasReason(output: unknown): boolean {
  const { code, effect, callId } = (output ?? {}) as Readonly<Record<string, unknown>>;
  return [code, effect, callId].every((word) => typeof word === "string");
}

function endOf({ queue, dead }: JobRecord): Verdict["end"] {
  if (dead.length > 0) return "dead letter";
  if (queue?.state === "completed" || queue?.state === "failed") return queue.state;
  return "no end";
}

/**
 * Suspension and delivery together must stay within the lease and `effectWithin`, of a living worker within `effectWithin`. The last
 * heartbeat may have been a third of the lease before.
 */
function beyondPromise(arrival: Arrival, lives: readonly Life[]): string | undefined {
  const { publishedAt = 0 } = arrival;
  const sent = sentOf(arrival);
  const sentAt = timeOf(sent.sentTicks);
  const life = lives.find(({ id }) => id === sent.life);
  // A command's child goes on while its worker sleeps, and its guardian ends it in time.
  // It may have fallen asleep between the record of its start and the start of its work.
  const begunAt = timeOf(sent.begunTicks) - SLACK_MS;
  const asleep = (life?.suspensions ?? []).filter(
    ({ whole, until }) => until > begunAt && (whole || !sent.isCommand),
  );
  const suspended = suspendedMs(asleep, -Infinity, publishedAt);
  const delivery = publishedAt - sentAt - suspendedMs(asleep, sentAt, publishedAt);
  const { leaseMs, effectWithinMs } = LIMITS;
  if (delivery > effectWithinMs) return `delivered after ${Math.round(delivery)} ms`;
  if (suspended + delivery <= (leaseMs * 2) / 3 + effectWithinMs) return undefined;
  return `suspended for ${Math.round(suspended)} ms, delivered after ${Math.round(delivery)} ms`;
}

/** What happened so long before the record of a start, or after that of an end, may have kept the answer from it. */
const SLACK_MS = 2000;
/** An answer that comes in the last moment may find a busy process. */
const LAST_MOMENT_MS = 700;

/** Why it cannot be known how an attempt ended: each is in the log of the service, or of the run. */
export function doubtsOf({ arrivals, ledger }: JobRecord, { lives, faults }: Events): string[] {
  const lost = arrivals.flatMap((arrival) => {
    if (arrival.manner === "refuses" || (arrival.manner === "ok" && isInTime(arrival))) return [];
    return [`the service's answer: ${arrival.manner} after ${arrival.delayMs} ms`];
  });
  const disturbed = (ledger?.attempts ?? []).flatMap(({ startedAt, endedAt, owner, callId }) => {
    const [from, until] = [startedAt - SLACK_MS, (endedAt ?? startedAt + LIMITS.leaseMs) + SLACK_MS];
    // Where all workers live on one host, its name tells nothing.
    const here = (worker: number | undefined) =>
      worker === undefined || !owner.host.startsWith("worker-") || owner.host === `worker-${worker + 1}`;
    const during = faults.filter(({ at, until: to, worker }) => here(worker) && at <= until && to >= from);
    const ended = lives.filter(({ worker, endedAt: at }) => here(worker) && at >= from && at <= until);
    const took = (endedAt ?? Infinity) - startedAt;
    const isAnswered = arrivals.some((one) => sentOf(one).callId === callId && isInTime(one));
    return [
      ...during.filter(({ kind }) => kind !== "clock").map(({ what }) => what),
      ...ended.map(({ id }) => `worker ${id} ended`),
      ...(took >= LIMITS.attemptMs && !isAnswered ? [`no answer in ${took} ms`] : []),
    ];
  });
  return [...lost, ...disturbed];
}

const sentOf = ({ body }: Arrival) => JSON.parse(body) as Sent;

const isInTime = (arrival: Arrival) =>
  arrival.at + arrival.delayMs <= timeOf(sentOf(arrival).begunTicks) + LIMITS.attemptMs - LAST_MOMENT_MS;
