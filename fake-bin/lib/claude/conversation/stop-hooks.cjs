// Stop hooks: a program's word on whether the model is done. While one blocks, the model goes on.
"use strict";
const { informational, runHooks } = require("../control/hooks.cjs");
const { assistantEvent, systemEvent, userEvent } = require("../events/messages.cjs");

const DEFAULT_CAP = 8;

const NO_ANSWER = "Stop says: The app driving this session didn't respond, so this turn ended without it.";

const capReached = (blocks) =>
  `A hook blocked the turn from ending ${blocks} consecutive times—overriding and ending turn. For Stop/SubagentStop ` +
  "hooks, check stop_hook_active in the input and return success while it's true. Set CLAUDE_CODE_STOP_HOOK_BLOCK_CAP to " +
  "raise this limit.";

/** Asks the Stop hooks before a good result is printed. @returns the result that the turn ends with */
async function runStopHooks(ctx, result) {
  const { send } = ctx.host;
  const cap = Number(process.env.CLAUDE_CODE_STOP_HOOK_BLOCK_CAP) || DEFAULT_CAP;
  let text = result.result;
  for (let blocks = 0; ; blocks++) {
    const decided = await runHooks(ctx, "Stop", {
      stop_hook_active: blocks > 0,
      last_assistant_message: text,
      background_tasks: [],
      session_crons: [],
    });
    if (decided.timedOut) await send(informational(ctx, NO_ANSWER, { level: "notice" }));
    if (decided.wrongEvent) {
      await send(informational(ctx, `Stop hook failed: ${decided.wrongEvent}`, { level: "warning" }));
    }
    const ending = { ...result, result: text, num_turns: result.num_turns + blocks };
    if (decided.stop !== undefined) return { ...ending, terminal_reason: "stop_hook_prevented" };
    if (decided.block === undefined) return ending;

    const feedback = [{ type: "text", text: `Stop hook feedback:\n${decided.block}` }];
    await send(userEvent(ctx, feedback, { isSynthetic: true }));
    if (blocks === 0)
      await send(notification(ctx, "stop-hook-error", "stop hook problem · ctrl+o to see", "immediate"));
    if (blocks === cap) {
      const said = capReached(blocks + 1);
      await send(informational(ctx, said, { level: "warning" }));
      await send({ ...notification(ctx, "stop-hook-block-cap", said, "high"), color: "warning" });
      return { ...ending, result: "", num_turns: ending.num_turns + 1 };
    }
    text = ctx.moreTexts?.[Math.min(blocks, ctx.moreTexts.length - 1)] ?? text;
    await send(assistantEvent(ctx, { type: "text", text }));
  }
}

const notification = (ctx, key, text, priority) => systemEvent(ctx, "notification", { key, text, priority });

module.exports = { runStopHooks };
