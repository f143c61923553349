/**
 * Asks claude for a blog post as JSON, validates it, and retries where that can help. stdout gets the whole draft or
 * nothing; stderr says what went wrong. It needs zod.
 *
 * Try it with the fake claude, which meets a rate limit first and then answers:
 *
 *     PATH="$(npx hardcall fake-bin):$PATH" FAKE_CLAUDE_MODE=rate-limit,ok node claude-draft.mts
 *
 * With the real claude:
 *
 *     node claude-draft.mts "The gulls of the old harbour" > draft.json
 */
import { CallError, claude, defineCall } from "hardcall";
import { z } from "zod";

const writeDraft = defineCall({
  name: "write-draft",
  // A draft needs no tools, so claude gets none.
  callee: claude({ tools: [], maxTurns: 3 }),
  // The environment variable HARDCALL_WRITE_DRAFT_TIMEOUT=30m overrides the total.
  timeout: { total: "10m", attempt: "4m", idle: "90s" },
  // A second draft does no harm, so hardcall may retry.
  effects: "none",
  // `feedback` tells the next attempt what was wrong with the last answer.
  retry: { attempts: 3, feedback: true },
  output: z.object({
    title: z.string().min(1).max(80),
    body: z.string().min(200),
    tags: z.array(z.string().min(1)).max(5),
  }),
});

const topic = process.argv[2] ?? "The gulls of the old harbour";
try {
  const { value: draft, attempts, costUsd } = await writeDraft(`Write a short blog post about: ${topic}`);
  console.log(JSON.stringify(draft, null, 2));
  console.error(`"${draft.title}": attempt ${attempts.length}, ${costUsd?.toFixed(2) ?? "?"} USD`);
} catch (error) {
  if (!(error instanceof CallError)) throw error;
  // The message contains no prompt and no output, so it is safe in any log.
  console.error(error.message);
  // Tells a scheduler that a later run may succeed (EX_TEMPFAIL of sysexits.h).
  process.exitCode = error.retryable ? 75 : 1;
}
