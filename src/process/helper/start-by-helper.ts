import { later, msUntil, timeOfSending, type MachineTime } from "../../core/machine-time.ts";
import type { WorkLease } from "../../core/work-lease.ts";
import { noResources } from "../start/spawn-error.ts";
import type { StartPlan } from "../start/start-plan.ts";
import type { GuardHelper } from "./helper-process.ts";
import { HelperLink, type HelperAnswer } from "./helper-link.ts";
import { identity } from "./identity.ts";
import { SMALL_BYTES, TOO_LATE, type OrderedInput } from "./messages.ts";
import { orAborted } from "./or-aborted.ts";
import { patience } from "./patience.ts";
import { Reserve } from "./reserve.ts";

/** How long a start waits for a helper that has just been started, before it does without. */
const READY_MS = { auto: 250, on: 2000 } as const;
/** After this time without an answer, and without any word, the helper is ended, and what it may have started. */
const ANSWER_MS = 2000;
/** The same for a call that is to end: within the time between SIGTERM and SIGKILL. */
const LAST_ANSWER_MS = { least: 100, most: 1000 } as const;
/** How often a helper that has no descriptor left is asked. */
const MOST_TRIES = 5;
/** How long a direct start waits for sockets that the helper hands over. */
const ARRIVAL_MS = 200;
/** The pause between two helpers: one that always dies, or an identity that changes to and fro, must cost less than direct starts. */
const NEXT_HELPER_MS = 5000;

/** `direct`: this start is made without the helper, which has started nothing. `cancelled`: the call ended before the order was sent. */
export type HelperStart = HelperAnswer | { readonly type: "direct" } | { readonly type: "cancelled" };

/** What of a process counts here; see process-spec.ts. */
interface Asked {
  readonly cwd: string;
  readonly stdin?: string | Uint8Array | undefined;
  readonly killGraceMs: number;
  readonly lease?: WorkLease | undefined;
}

interface Current {
  readonly link: HelperLink;
  /** What the helper's children inherit. */
  readonly identity: string;
}

let current: Current | undefined;
let openedAt = -Infinity;

/** Has the helper start a process. It never fails where a direct start would not, unless the helper dies after it got the order. */
export async function startByHelper(
  plan: StartPlan,
  spec: Asked,
  signal: AbortSignal,
  guard: GuardHelper,
): Promise<HelperStart> {
  const isCancelled = () => signal.aborted || spec.lease?.isOver() === true;
  const helper = currentHelper(guard);
  if (helper === undefined) return { type: "direct" };
  const { link } = helper;
  const isAwake = await link.isAwake(link.isReady ? undefined : readyMs(), signal);
  if (!isAwake) {
    if (link.silentMs > ANSWER_MS) drop(helper);
    return { type: isCancelled() ? "cancelled" : "direct" };
  }
  const { ordered, rest } = inputOf(spec.stdin);
  const { file, args, env } = plan;
  for (let tries = 1; ; tries++) {
    const reserve = await reserveFor(helper, ordered === "socket" ? 3 : 2, isCancelled, signal);
    if (reserve === undefined) break;
    const order = { file, args, env, cwd: spec.cwd, input: ordered, until: lastMoment(spec) };
    const answer = await answered(link, link.start(order, rest, reserve), spec.killGraceMs, signal);
    if (answer.type === "child" || !isOfHelper(answer.code)) return answer;
    // The sockets of other processes are to blame as a rule.
    if (answer.code !== "EMFILE" || tries === MOST_TRIES || !(await Reserve.turn(signal))) break;
  }
  // A direct start would take the descriptors of sockets that are on their way, and end all calls of the helper with them.
  await patience(orAborted(Reserve.arrivals(), signal), ARRIVAL_MS);
  return { type: isCancelled() ? "cancelled" : "direct" };
}

/**
 * A place at the helper, and descriptors for the sockets that it may hand over. An order must follow at once.
 *
 * @returns `undefined` where there are none, or the helper must not start it
 */
async function reserveFor(
  helper: Current,
  sockets: number,
  isCancelled: () => boolean,
  signal: AbortSignal,
): Promise<Reserve | undefined> {
  for (;;) {
    await helper.link.place(signal);
    const isAllowed = mayStart(helper, isCancelled);
    const reserve = isAllowed ? Reserve.take(sockets) : undefined;
    if (reserve !== undefined) return reserve;
    helper.link.pass();
    if (isAllowed === false) Reserve.callNext();
    if (isAllowed === false || !(await Reserve.turn(signal))) return undefined;
  }
}

/** @returns `undefined` when no descriptor is left to find out */
function mayStart(helper: Current, isCancelled: () => boolean): boolean | undefined {
  if (helper.link.isGone || isCancelled()) return false;
  // Now and not before: it may change while a start waits.
  const own = identity();
  if (own === undefined) return undefined;
  if (own === helper.identity) return true;
  drop(helper);
  return false;
}

/** Waits for the answer, and ends a helper that gives none in time. */
async function answered(
  link: HelperLink,
  answer: Promise<HelperAnswer>,
  killGraceMs: number,
  signal: AbortSignal,
): Promise<HelperAnswer> {
  const endUnlessWithin = async (ms: number) => {
    for (;;) {
      const from = performance.now();
      if (await patience(answer, ms)) return;
      // One that is slow, as the whole machine is, comes to this order as well.
      if (!link.wasHeardSince(from)) return link.kill();
    }
  };
  const { least, most } = LAST_ANSWER_MS;
  const onAbort = () => void endUnlessWithin(Math.min(Math.max(killGraceMs, least), most));
  signal.addEventListener("abort", onAbort, { once: true });
  void endUnlessWithin(ANSWER_MS);
  try {
    return await answer;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function currentHelper(guard: GuardHelper): Current | undefined {
  if (current !== undefined && !current.link.isGone) return current;
  if (performance.now() - openedAt < NEXT_HELPER_MS) return undefined;
  openedAt = performance.now();
  const own = identity();
  const link = own === undefined ? undefined : HelperLink.open(guard);
  current = own === undefined || link === undefined ? undefined : { link, identity: own };
  return current;
}

/** Starts nothing more by this helper, which ends with the last process that it watches. */
function drop(helper: Current): void {
  helper.link.retire();
  if (current === helper) current = undefined;
}

const readyMs = () => READY_MS[process.env["HARDCALL_SPAWN_HELPER"] === "on" ? "on" : "auto"];

/** The helper was late, or is short of what this process may have. */
const isOfHelper = (code: string) => code === TOO_LATE || noResources(code) !== undefined;

function lastMoment({ lease }: Asked): MachineTime {
  const byAnswer = later(timeOfSending(), ANSWER_MS);
  if (lease === undefined) return byAnswer;
  return msUntil(lease.stopAt) < msUntil(byAnswer) ? lease.stopAt : byAnswer;
}

function inputOf(stdin: Asked["stdin"]): {
  readonly ordered: OrderedInput;
  readonly rest: Uint8Array | undefined;
} {
  if (stdin === undefined) return { ordered: "none", rest: undefined };
  const bytes = typeof stdin === "string" ? Buffer.from(stdin) : stdin;
  return bytes.length <= SMALL_BYTES
    ? { ordered: bytes, rest: undefined }
    : { ordered: "socket", rest: bytes };
}
