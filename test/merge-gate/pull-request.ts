// Pull requests after the API's documented shape: GET /repos/{owner}/{repo}/pulls/{n}, …/files, …/reviews and
// GET /repos/{owner}/{repo}/issues/{n}/timeline, with the fields a reader may meet besides those that count.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const HEAD = "6dcb09b5b57875f334f61aebed695e2e4193db5e";

const person = (login: string, type = "User") => ({ login, id: 1, type, site_admin: false });

export const file = (filename: string, additions: number, deletions = 0) => ({
  sha: "bbcd538c8e72b8c175046e27cc8f907076331401",
  filename,
  status: "modified",
  additions,
  deletions,
  changes: additions + deletions,
  patch: "@@ -132,7 +132,7 @@",
});

export const review = (login: string, state: string, time: string, commit = HEAD, type = "User") => ({
  id: 80,
  user: person(login, type),
  body: "",
  state,
  submitted_at: time,
  commit_id: commit,
});

export const requested = (login: string, time: string) => ({
  id: 1,
  event: "review_requested",
  actor: person("ada"),
  created_at: time,
  requested_reviewer: person(login),
});

export const event = (name: string, time: string) => ({
  id: 2,
  event: name,
  actor: person("ada"),
  created_at: time,
});

export const committed = (time: string) => ({
  event: "committed",
  sha: HEAD,
  author: { name: "Ada", email: "ada@example.com", date: time },
  committer: { name: "Ada", email: "ada@example.com", date: time },
});

/** 200 lines, which take 8 minutes, by ada; asked of grace at noon. */
export const pullRequest = (changes: Record<string, unknown> = {}, labels: readonly string[] = []) => ({
  pull: {
    number: 7,
    state: "open",
    title: "Publish the drafts",
    user: person("ada"),
    labels: labels.map((name) => ({ id: 3, name, color: "ededed", default: false })),
    created_at: "2026-11-20T11:00:00Z",
    head: { ref: "drafts", sha: HEAD },
    base: { ref: "main", sha: "aaaa" },
  },
  files: [file("src/draft.ts", 150, 50), file("package-lock.json", 4000)],
  reviews: [],
  timeline: [committed("2026-11-20T10:50:00Z"), requested("grace", "2026-11-20T12:00:00Z")],
  ...changes,
});

export function written(data: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), "merge-gate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "data.json");
  writeFileSync(path, typeof data === "string" ? data : JSON.stringify(data));
  return path;
}
