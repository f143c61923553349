import { readFileSync } from "node:fs";
import { z } from "zod";
import { capture } from "./command-line.ts";
import { parseJson } from "./config.ts";

const time = z.iso.datetime({ offset: true });
const user = z.object({ login: z.string(), type: z.string().optional() });

/**
 * Of GitHub's answers, what the floor needs.
 * https://docs.github.com/rest/pulls/pulls, …/pulls/reviews, …/issues/timeline
 */
export const pullRequestSchema = z.object({
  pull: z.object({
    number: z.number(),
    user,
    labels: z.array(z.object({ name: z.string() })),
    created_at: time,
    head: z.object({ sha: z.string() }),
  }),
  files: z.array(z.object({ filename: z.string(), additions: z.number(), deletions: z.number() })),
  reviews: z.array(
    z.object({
      user: user.nullable(),
      state: z.string(),
      // Absent while a review is pending.
      submitted_at: time.optional(),
      commit_id: z.string().nullable(),
    }),
  ),
  timeline: z.array(
    z.object({
      event: z.string().optional(),
      created_at: time.optional(),
      requested_reviewer: user.optional(),
      committer: z.object({ date: time }).optional(),
    }),
  ),
});

export type PullRequest = z.infer<typeof pullRequestSchema>;

/** A file of `{ pull, files, reviews, timeline }`. */
export const readPullRequest = (file: string): PullRequest =>
  parseJson(readFileSync(file, "utf8"), pullRequestSchema, file);

/** The same, from the API. `gh` brings its own login. */
export function fetchPullRequest(repository: string, number: string): PullRequest {
  const api = (path: string): string => capture("gh", ["api", `repos/${repository}/${path}`]).stdout;
  const pages = (path: string): unknown[] => {
    const { stdout } = capture("gh", [
      "api",
      "--paginate",
      "--slurp",
      `repos/${repository}/${path}?per_page=100`,
    ]);
    return parseJson(stdout, z.array(z.array(z.unknown())), path).flat();
  };
  const answers = {
    pull: JSON.parse(api(`pulls/${number}`)) as unknown,
    files: pages(`pulls/${number}/files`),
    reviews: pages(`pulls/${number}/reviews`),
    timeline: pages(`issues/${number}/timeline`),
  };
  return parseJson(JSON.stringify(answers), pullRequestSchema, `pull request ${number} of ${repository}`);
}
