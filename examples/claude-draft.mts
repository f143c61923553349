/**
 * Asks claude for a blog post as JSON, validates it, and retries where that can help. stdout gets the whole draft or
 * nothing; stderr says what went wrong, and the exit code too: 75 may work later, 65 is a draft that broke its schema
 * (exit-code.mts). It needs zod.
 *
 * Try it with the fake claude, which meets a rate limit first and then answers:
 *
 *     PATH="$(npx hardcall fake-bin):$PATH" FAKE_CLAUDE_MODE=rate-limit,ok FAKE_CLAUDE_STATE_DIR="$(mktemp -d)" node claude-draft.mts
 *
 * With the real claude:
 *
 *     node claude-draft.mts "The gulls of the old harbour" > draft.json
 */
import { claude, defineCall } from "hardcall";
import { z } from "zod";
import { refuse, reportFailure } from "./exit-code.mts";

// hardcall checks a definition, and the environment variables that tune it, where it is defined: inside of what reports failures.
const writeDraft = (topic: string) =>
  defineCall({
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
  })(`Write a short blog post about: ${topic}`);

const [topic = "The gulls of the old harbour", ...more] = process.argv.slice(2);
if (more.length > 0 || topic.trim() === "" || topic.startsWith("-"))
  refuse('node claude-draft.mts ["TOPIC IN QUOTES"]');
try {
  const { value: draft, attempts, costUsd } = await writeDraft(topic);
  console.log(JSON.stringify(draft, null, 2));
  console.error(`"${draft.title}": attempt ${attempts.length}, ${costUsd?.toFixed(2) ?? "?"} USD`);
} catch (error) {
  reportFailure(error);
}
