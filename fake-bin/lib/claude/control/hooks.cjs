// The hooks that the SDK registered with `initialize`: which of them an event concerns, and what their answers mean.
"use strict";
const { uuid } = require("../../shared/ids.cjs");
const { systemEvent } = require("../events/messages.cjs");
const { transcriptPath } = require("../events/init.cjs");
const { isAnswer, wrongEvent } = require("./hook-answer.cjs");

/** The events that the fake has. Hooks of others are named in a warning, because they never run. */
const EVENTS = ["UserPromptSubmit", "PreToolUse", "PostToolUse", "PostToolUseFailure", "Stop"];
// Of these the genuine CLI does not tell an SDK's callbacks either.
const SILENT = ["SessionStart", "SessionEnd"];

/** The events with hooks that this fake never runs. */
const unknownEvents = (hooks) =>
  Object.keys(hooks).filter((event) => !EVENTS.includes(event) && !SILENT.includes(event));

// Node ends a longer delay at once.
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Whether a matcher means this tool: names with `|` or commas between them, or a regular expression. */
function means(matcher, tool) {
  if (tool === undefined || matcher === undefined || matcher === null) return true;
  if (matcher === "" || matcher === "*") return true;
  if (/^[\w|,\s]+$/.test(matcher)) return matcher.split(/[|,]/).some((name) => name.trim() === tool);
  try {
    return new RegExp(matcher).test(tool);
  } catch {
    return false; // A matcher that is no regular expression matches nothing.
  }
}

const callbacksOf = (hooks, event, tool) =>
  (hooks[event] ?? [])
    .filter(({ matcher }) => means(matcher, tool))
    .flatMap(({ hookCallbackIds = [], timeout }) => hookCallbackIds.map((id) => ({ id, timeout })));

/**
 * Runs the hooks of an event, all at once.
 *
 * @param about what the hooks are told
 * @param more `tool` and `toolUseId` for the events of a tool; `tell` takes what is to be said of the hooks
 * @returns what they decided together: `deny`, `ask`, `allow`, `block` (each a reason), `updatedInput`, `updatedOutput`,
 *   `defer`, `stop`, `timedOut`, `closed`, `wrongEvent`; undefined where no hook said so
 */
async function runHooks(ctx, event, about, { tool, toolUseId, tell = ctx.host?.send } = {}) {
  const { host } = ctx;
  const callbacks = host ? callbacksOf(host.hooks, event, tool) : [];
  const input = callbacks.length > 0 ? hookInput(ctx, event, about) : undefined;
  const outcomes = await Promise.all(
    callbacks.map(({ id, timeout }) =>
      host.ask(
        { subtype: "hook_callback", callback_id: id, input, tool_use_id: toolUseId ?? uuid() },
        { timeoutMs: limitOf(timeout) },
      ),
    ),
  );
  const decided = {};
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.timedOut || outcome.closed) Object.assign(decided, outcome);
    else if (isAnswer(outcome.response) && wrongEvent(event, outcome.response))
      decided.wrongEvent ??= wrongEvent(event, outcome.response);
    else if (isAnswer(outcome.response)) await take(ctx, decided, outcome.response, { event, tool, tell });
    else await tell(failed(ctx, event, callbacks[index].id));
  }
  return decided;
}

/** Zero is no limit, as in the genuine CLI. */
const limitOf = (seconds) => (seconds ? Math.min(Math.max(seconds * 1000, 1), LONGEST_DELAY_MS) : undefined);

function hookInput(ctx, event, about) {
  ctx.promptId ??= uuid();
  return {
    session_id: ctx.sessionId,
    transcript_path: transcriptPath(ctx),
    cwd: process.cwd(),
    prompt_id: ctx.promptId,
    permission_mode: ctx.flags["permission-mode"] ?? "default",
    ...(event === "UserPromptSubmit" ? {} : { effort: { level: ctx.flags.effort ?? "medium" } }),
    hook_event_name: event,
    ...about,
  };
}

async function take(ctx, decided, answer, { event, tool, tell }) {
  const { hookSpecificOutput: output = {} } = answer;
  const blocked = answer.reason ?? "Blocked by hook";
  if (answer.systemMessage !== undefined) {
    const says = `${tool === undefined ? event : `${event}:${tool}`} says: ${answer.systemMessage}`;
    await tell(informational(ctx, says, { level: "notice" }));
  }
  if (answer.continue === false) decided.stop ??= answer.stopReason ?? "";
  if (answer.decision === "block") decided[event === "PreToolUse" ? "deny" : "block"] ??= blocked;
  if (answer.decision === "approve") decided.allow ??= answer.reason ?? "";
  const { permissionDecision: decision, permissionDecisionReason: reason } = output;
  // Of two denials the later one gives the reason.
  if (decision === "deny") decided.deny = reason ?? blocked;
  else if (decision === "defer") decided.defer = true;
  else if (decision === "allow" || decision === "ask") decided[decision] ??= reason ?? "";
  if (output.updatedInput !== undefined) decided.updatedInput = output.updatedInput;
  const updatedOutput = output.updatedToolOutput ?? output.updatedMCPToolOutput;
  if (updatedOutput !== undefined) decided.updatedOutput = updatedOutput;
}

const informational = (ctx, content, more) => systemEvent(ctx, "informational", { content, ...more });

const failed = (ctx, event, id) =>
  informational(
    ctx,
    `${event}: Hook callback ${id} failed: the SDK host replied with an error or an invalid answer. ` +
      "Its answer was treated as empty.",
    { level: "warning", tag: "hook_callback_failed" },
  );

module.exports = { informational, runHooks, unknownEvents };
