/** What an operator's script gives to a ledger. JavaScript has no compiler, and each of these mistakes would change the wrong call. */
import { isObject, readOptions, show, type Kinds } from "../../core/options.ts";
import { LedgerError } from "../../database/errors.ts";
import type { JournalListing } from "../journal/entry.ts";
import type { OperatorVerdict } from "../operation/events.ts";
import type { OperationState } from "../operation/state.ts";
import type { Target } from "./backend.ts";
import type { Listing, OperationRef } from "./store.ts";
import { requireCount, requireVerdict } from "./validate.ts";

const STATES: readonly OperationState[] = ["reserved", "started", "succeeded", "failed", "in_doubt"];

const LISTING: Kinds<Listing> = {
  state: "anything",
  name: "a string",
  olderThanMs: "a number",
  limit: "a number",
  after: "an object",
};

const DEFAULT_LIMIT = 100;
/** More at once stops the event loop for as long as they are read. */
const MOST_LISTED = 10_000;

/** @throws LedgerError `invalid_config`: a mistyped filter would list every call */
export function validListing(filter: Listing): Listing & { readonly limit: number } {
  const problems: string[] = [];
  const { state, limit = DEFAULT_LIMIT } = readOptions<Listing>(filter, LISTING, problems);
  if (state !== undefined && !STATES.includes(state))
    problems.push(`state is ${show(state)}; give one of ${STATES.join(", ")}`);
  refuse("list", problems);
  requireCount(limit, "limit", MOST_LISTED);
  return { ...filter, limit };
}

const JOURNAL_LISTING: Kinds<JournalListing> = {
  state: "anything",
  callId: "a string",
  name: "a string",
  outcome: "a string",
  code: "a string",
  olderThanMs: "a number",
  limit: "a number",
  after: "an object",
};

/** @throws LedgerError `invalid_config` */
export function validJournalListing(filter: JournalListing): JournalListing & { readonly limit: number } {
  const problems: string[] = [];
  const read = readOptions<JournalListing>(filter, JOURNAL_LISTING, problems);
  const { state, limit = DEFAULT_LIMIT } = read;
  if (state !== undefined && state !== "running" && state !== "ended")
    problems.push(`state is ${show(state)}; give "running" or "ended"`);
  refuse("journal", problems);
  requireCount(limit, "limit", MOST_LISTED);
  return { ...filter, limit };
}

/** @throws LedgerError `invalid_config` */
export function validRef(ref: OperationRef): OperationRef {
  const problems: string[] = [];
  const read = readOptions<OperationRef>(ref, { callIdOrKey: "a string", name: "a string" }, problems);
  if (problems.length === 0 && read.callIdOrKey === undefined) problems.push("callIdOrKey is missing");
  refuse("show", problems);
  return ref;
}

const VERDICT: Kinds<OperatorVerdict> = {
  as: "anything",
  by: "anything",
  why: "anything",
  force: "true or false",
};

/** @throws LedgerError `invalid_config`: each word but "done" would count as "absent", and the next call would run */
export function requireResolution(operation: Target, verdict: OperatorVerdict): void {
  const problems: string[] = [];
  const isCall =
    isObject(operation) && typeof operation["name"] === "string" && typeof operation["key"] === "string";
  if (!isCall) problems.push(`the call is ${show(operation)}; give its name and key`);
  const { as } = readOptions<OperatorVerdict>(verdict, VERDICT, problems);
  if (isObject(verdict) && as !== "done" && as !== "absent")
    problems.push(`as is ${show(as)}; give "done" or "absent"`);
  refuse("resolve", problems);
  requireVerdict(verdict);
}

function refuse(method: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new LedgerError("invalid_config", `The arguments of ${method}() are wrong: ${problems.join("; ")}.`);
}
