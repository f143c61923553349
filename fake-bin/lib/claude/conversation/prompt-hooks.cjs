// UserPromptSubmit hooks: a program's word on a prompt, before the model sees it.
"use strict";
const { informational, runHooks } = require("../control/hooks.cjs");
const { errorResultEvent } = require("../events/error-result.cjs");
const { resultEvent } = require("../events/result.cjs");
const { end } = require("../../shared/runtime/invocation.cjs");
const { emit, emitInit, emitResult } = require("./conversation.cjs");

/** @returns the exit code if a hook ends the turn here, else undefined */
async function submitPrompt(ctx) {
  const { prompt } = ctx;
  // The hooks run before `init` is printed, but what is said of them comes after it.
  ctx.afterInit = [];
  const tell = async (event) => void ctx.afterInit.push(event);
  const decided = await runHooks(ctx, "UserPromptSubmit", { prompt }, { tell });
  if (decided.wrongEvent) return crash(ctx, decided.wrongEvent);
  if (decided.block !== undefined) {
    const reason = decided.block;
    const text = `UserPromptSubmit operation blocked by hook:\n${reason}\n\nOriginal prompt: ${prompt}`;
    return endBefore(ctx, text, { kind: "blocked_by_hook", prompt_kept: false, reason });
  }
  if (decided.stop === undefined) return undefined;
  const reason = decided.stop;
  return endBefore(ctx, `Operation stopped by hook: ${reason}`, {
    kind: "stopped_by_hook",
    prompt_kept: true,
    reason,
  });
}

/** The genuine CLI ends the session here. */
async function crash(ctx, error) {
  const errors = [
    error,
    "[session_crash] error_name=TelemetrySafeError api_error_status=none cause_name=none",
  ];
  await emit(ctx, errorResultEvent({ sessionId: ctx.sessionId, errors, resultIndex: ctx.resultIndex }));
  return end(1);
}

/** The end of a turn that never reached the model: a good result with the hook's words. */
async function endBefore(ctx, text, outcome) {
  await emitInit(ctx);
  await emit(
    ctx,
    informational(ctx, text, {
      level: "warning",
      prevent_continuation: true,
      prompt_submit_outcome: outcome,
    }),
  );
  // No model was asked, so nothing is said of how its turn ended.
  const more = { terminal_reason: undefined, api_error_status: undefined };
  const result = resultEvent(ctx, { stopReason: null, turns: 0, result: text, answered: false, more });
  return emitResult(ctx, result);
}

module.exports = { submitPrompt };
