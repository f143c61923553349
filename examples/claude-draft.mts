/**
 * A draft that is one: asked of claude, validated, and tried again where that can help.
 *
 *     node claude-draft.mts "The gulls of the old harbour"
 *
 * stdout has the draft as JSON, or nothing; stderr says what went wrong.
 */
import { CallError, claude, defineCall } from "hardcall";
import { z } from "zod";

const writeDraft = defineCall({
  name: "write-draft",
  // No tools: a draft needs none, and what cannot run cannot go wrong.
  callee: claude({ tools: [], maxTurns: 3 }),
  // HARDCALL_WRITE_DRAFT_TIMEOUT=30m gives it longer without a change here.
  timeout: { total: "10m", attempt: "4m", idle: "90s" },
  // A draft that is written twice does no harm, so it may be tried again.
  effects: "none",
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
  // The message has no prompt and no output in it, so it can go to any log.
  console.error(error.message);
  // For a scheduler: 75 means that it may work later (sysexits.h, EX_TEMPFAIL).
  process.exitCode = error.retryable ? 75 : 1;
}
