import { isDoubtful, isHeld } from "../operation/ownership.ts";
import {
  isOwn,
  recordOfOnce,
  type CommitAnswer,
  type CommitRequest,
  type ContentMoment,
  type ContentRef,
  type ContentStep,
  type ContentView,
  type ForgetAnswer,
  type ReleaseAnswer,
  type ReleaseRequest,
} from "./contents.ts";

/** The content was published. Never refused: it is a fact, also when the reservation has lapsed since. */
export function commit(view: ContentView, request: CommitRequest, now: number): ContentStep<CommitAnswer> {
  const { reserved, last } = view;
  const own = reserved !== undefined && isOwn(reserved, request) ? reserved : undefined;
  const seen = view.seen ?? (own === undefined ? recordOfOnce(view.once, request.bytes) : undefined);
  if (seen !== undefined) {
    const answer: CommitAnswer = isOwn(seen, request) ? { kind: "committed" } : { kind: "duplicate", seen };
    return { ...view, seen, answer, ...(own && { reserved: undefined }) };
  }
  const { owner, token, callId } = own ?? request;
  const { bytes, sha256 } = request;
  return {
    answer: { kind: "committed" },
    seen: { bytes, owner, token, callId, firstAt: now, lastAt: now, times: 1 },
    // Another owner that has it reserved by now learns of this at its own commit.
    reserved: undefined,
    last: own !== undefined || last?.sha256 === sha256 ? last : { sha256, streak: 1 },
  };
}

/** The content was not published. */
export function release(view: ContentView, request: ReleaseRequest): ContentStep<ReleaseAnswer> {
  const { reserved } = view;
  if (reserved === undefined) return { ...view, answer: { kind: "absent" } };
  if (!isOwn(reserved, request)) return { ...view, answer: { kind: "held" } };
  return { ...view, answer: { kind: "released" }, reserved: undefined };
}

/** An operator says that what a `once` has committed was not published. */
export function withdraw(view: ContentView, { sha256 }: ContentRef): ContentStep<undefined> {
  const { seen, last, once } = view;
  if (seen === undefined || once?.state !== "succeeded") return { ...view, answer: undefined };
  return {
    ...view,
    answer: undefined,
    seen: undefined,
    last: last?.sha256 === sha256 ? undefined : last,
  };
}

/** As if the content had never come, also when it was committed. */
export function forget(
  view: ContentView,
  { sha256 }: ContentRef,
  moment: ContentMoment,
): ContentStep<ForgetAnswer> {
  const { seen, reserved, last, once } = view;
  if (once !== undefined && once.state !== "succeeded") {
    if (isHeld(once, moment)) return { ...view, answer: { kind: "in_progress", record: once } };
    if (isDoubtful(once)) return { ...view, answer: { kind: "in_doubt", record: once } };
  }
  const isKnown = seen !== undefined || reserved !== undefined || once?.state === "succeeded";
  return {
    answer: { kind: isKnown ? "forgotten" : "absent" },
    seen: undefined,
    reserved: undefined,
    last: last?.sha256 === sha256 ? undefined : last,
    forgetsOnce: once !== undefined,
  };
}
