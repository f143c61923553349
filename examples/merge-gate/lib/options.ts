import { UsageError } from "./command-line.ts";
import type { Track } from "./floor.ts";
import { fetchPullRequest, readPullRequest, type PullRequest } from "./pull-request.ts";

/** The options that say which pull request, shared by `review-floor` and `sheet`. */
export const reviewOptions = {
  from: { type: "string" },
  repo: { type: "string" },
  pull: { type: "string" },
  track: { type: "string", default: "team" },
  now: { type: "string" },
  "fake-log": { type: "string" },
} as const;

interface Asked {
  readonly from?: string | undefined;
  readonly repo?: string | undefined;
  readonly pull?: string | undefined;
  readonly track: string;
  readonly now?: string | undefined;
}

export function askedFor({ from, repo, pull }: Asked): PullRequest | undefined {
  if (from) return readPullRequest(from);
  if (repo && pull) return fetchPullRequest(repo, pull);
  if (repo || pull) throw new UsageError("--repo and --pull go together.");
  return undefined;
}

export function askedTrack({ track }: Asked): Track {
  if (track === "team" || track === "solo") return track;
  throw new UsageError(`--track is "${track}": it is team or solo.`);
}

/** `--now` stands in for the clock where a result must not depend on it. */
export function askedTime({ now }: Asked): number {
  const time = now === undefined ? Date.now() : Date.parse(now);
  if (Number.isNaN(time))
    throw new UsageError(`--now is "${now}": write a time such as 2026-11-20T12:00:00Z.`);
  return time;
}
