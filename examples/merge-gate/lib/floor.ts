import { matchesGlob } from "node:path";
import type { Config } from "./config.ts";
import type { PullRequest } from "./pull-request.ts";

export type Track = "team" | "solo";

export interface Floor {
  readonly green: boolean;
  readonly exempt: boolean;
  readonly lines: number;
  readonly leftOut: number;
  readonly floorMinutes: number;
  /** How long there was; undefined when nothing ended the review. */
  readonly minutes: number | undefined;
  /** One sentence with the numbers, and when it will be green. */
  readonly sentence: string;
}

const MINUTE = 60_000;
const at = (time: string): number => Date.parse(time);
const latest = (times: readonly number[]): number => times.reduce((a, b) => Math.max(a, b));
const rounded = (minutes: number): string => (Math.round(minutes * 10) / 10).toString();
const clock = (time: number): string => `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;

const sum = (files: PullRequest["files"]): number =>
  files.reduce((lines, { additions, deletions }) => lines + additions + deletions, 0);

function countLines({ files }: PullRequest, leaveOut: readonly string[]) {
  const unread = (file: string): boolean => leaveOut.some((glob) => matchesGlob(file, glob));
  return {
    lines: sum(files.filter(({ filename }) => !unread(filename))),
    leftOut: sum(files.filter(({ filename }) => unread(filename))),
  };
}

/** What is reviewed cannot have been read before it was ready, asked for, and there in its last form. */
function reviewStart({ pull, timeline }: PullRequest, reviewer: string | undefined): number {
  const requests = timeline.filter(({ event }) => event === "review_requested");
  const named = requests.filter(({ requested_reviewer: asked }) => reviewer && asked?.login === reviewer);
  const request = (named.length > 0 ? named : requests)[0]?.created_at ?? pull.created_at;
  const ready = timeline.filter(
    ({ event }) => event === "ready_for_review" || event === "head_ref_force_pushed",
  );
  const commits = timeline
    .filter(({ event }) => event === "committed")
    .map(({ committer }) => committer?.date);
  const others = [...ready.map(({ created_at: created }) => created), ...commits];
  return latest([at(request), ...others.filter((time) => time !== undefined).map(at)]);
}

/** The approvals that stand: of the last commit, by a person who is not the author, and not taken back. */
function approvals({ pull, reviews }: PullRequest) {
  const last = new Map<string, { state: string; time: number; commit: string | null }>();
  for (const { user, state, submitted_at: time, commit_id: commit } of reviews) {
    if (!user || !time || user.type === "Bot" || user.login === pull.user.login) continue;
    if (state === "COMMENTED" || state === "PENDING") continue;
    last.set(user.login, { state, time: at(time), commit });
  }
  return [...last]
    .filter(([, { state, commit }]) => state === "APPROVED" && commit === pull.head.sha)
    .map(([reviewer, { time }]) => ({ reviewer, time }));
}

/**
 * Compares the time a change takes to read with the time there was: from the request for review to the approval, or,
 * for a team of one, from the last push until now.
 */
export function reviewFloor(request: PullRequest, config: Config["floor"], track: Track, now: number): Floor {
  const { lines, leftOut } = countLines(request, config.leaveOut);
  const floorMinutes = Math.min((lines / 100) * config.minutesPer100Lines, config.capMinutes ?? Infinity);
  const known = { lines, leftOut, floorMinutes, exempt: false };
  const size = `${lines} lines changed (${leftOut} more left out) need ${rounded(floorMinutes)} minutes of review`;

  const label = request.pull.labels.find(({ name }) => config.exemptLabels.includes(name));
  if (label)
    return {
      ...known,
      green: true,
      exempt: true,
      minutes: undefined,
      sentence: `Exempt by the label "${label.name}".`,
    };
  if (config.maxLines !== undefined && lines > config.maxLines)
    return {
      ...known,
      green: false,
      minutes: undefined,
      sentence: `${lines} lines changed are more than the ${config.maxLines} one change may have: split it.`,
    };

  const ends = track === "solo" ? [{ reviewer: undefined, time: now }] : approvals(request);
  const judged = ends
    .map(({ reviewer, time }) => {
      const start = reviewStart(request, reviewer);
      return { minutes: (time - start) / MINUTE, greenAt: start + floorMinutes * MINUTE };
    })
    .toSorted((a, b) => b.minutes - a.minutes);
  const best = judged[0];

  if (!best) {
    const greenAt = clock(reviewStart(request, undefined) + floorMinutes * MINUTE);
    const sentence = `${size}, and no approval of the last commit stands yet. Green with an approval from ${greenAt}.`;
    return { ...known, green: false, minutes: undefined, sentence };
  }
  const { minutes } = best;
  if (minutes >= floorMinutes)
    return { ...known, green: true, minutes, sentence: `${size}; there were ${rounded(minutes)}.` };
  const greenWhen = track === "solo" ? "Green from" : "Green with an approval from";
  const sentence = `${size}; there were ${rounded(minutes)}. ${greenWhen} ${clock(best.greenAt)}.`;
  return { ...known, green: false, minutes, sentence };
}
