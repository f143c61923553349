// Whether a tool call may run: what a hook said, then the rules, then the SDK's callback.
"use strict";
const { systemEvent } = require("../events/messages.cjs");
const { decide } = require("../permissions/decide.cjs");
const { issuesOf } = require("../permissions/input-issues.cjs");
const { rulesOf } = require("../permissions/rules.cjs");
const { emit } = require("./conversation.cjs");
const { displayName } = require("./tool-names.cjs");

const INVALID =
  "The canUseTool callback returned an invalid permission result. Expected {behavior: 'allow', updatedInput?: object} or " +
  "{behavior: 'deny', message: string}. updatedPermissions may hold at most 4096 updates, rules and directories in all.";

// Of these the genuine CLI shows the hook's reason alone.
const FILE_TOOLS = new Set(["Edit", "Read", "Write"]);

const accept = (source, reasonType) => ({
  decision: { decision: "accept", source, ...(reasonType && { reason_type: reasonType }) },
});

/** Refuses a call and counts it among the result's `permission_denials`. */
function refuse(ctx, { id, name, input }, message, meta) {
  ctx.permissionDenials.push({ tool_name: name, tool_use_id: id, tool_input: input });
  return { refused: { message, meta } };
}

const rejected = (source, reasonType) => ({
  non_execution_kind: "permission-rule",
  permission_decision: { decision: "reject", source, ...(reasonType && { reason_type: reasonType }) },
});

/**
 * @param hooked what the PreToolUse hooks decided
 * @returns `{ decision }` of a call that may run, `{ refused }` or `{ aborted }`; changes `call.input`
 */
async function permissionFor(ctx, call, hooked) {
  if (hooked.deny !== undefined) {
    const said = FILE_TOOLS.has(call.name)
      ? hooked.deny
      : `PreToolUse:${call.name} hook error: ${hooked.deny}`;
    return refuse(ctx, call, said, rejected("hook", "hook"));
  }
  if (hooked.updatedInput) {
    const issues = issuesOf(call.name, hooked.updatedInput);
    if (issues) return refuse(ctx, call, wrongRewrite(call, issues), rejected("hook", "hook"));
    call.input = hooked.updatedInput;
  }
  const cwd = process.cwd();
  const decided = decide(call, { rules: rulesOf(ctx), mode: modeOf(ctx), cwd });
  const isHeard = hooked.ask !== undefined || hooked.allow !== undefined;
  // A hook may let through what only the mode would refuse.
  if (decided.behavior === "deny" && !(decided.mode && isHeard)) {
    // After a hook's word the genuine CLI prints no event of its own.
    if (!isHeard) await emitDenied(ctx, call, decided);
    return refuse(ctx, call, decided.message, rejected("config", decided.reasonType));
  }
  if (hooked.ask !== undefined) return ask(ctx, call, { hook: hooked.ask });
  if (hooked.allow !== undefined) return accept("hook", "hook");
  if (decided.behavior === "allow") return accept("config", decided.reasonType);
  return ask(ctx, call, decided);
}

const modeOf = ({ flags }) =>
  flags["dangerously-skip-permissions"] ? "bypassPermissions" : (flags["permission-mode"] ?? "default");

const wrongRewrite = ({ name }, issues) =>
  `PreToolUse hook for ${name} returned updatedInput that failed schema validation: ${issues}\n` +
  "The tool input from the model was valid; the hook's rewrite of it was not.";

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

async function ask(ctx, call, need) {
  const { hook } = need;
  if (ctx.flags["permission-prompt-tool"] !== "stdio" || !ctx.host) {
    const message = hook ?? need.message;
    const reasons = hook === undefined ? need : { reasonType: "hook", reason: hook };
    await emitDenied(ctx, call, { ...reasons, message });
    return refuse(ctx, call, message, {
      non_execution_kind: "user-rejected",
      permission_decision: { decision: "reject", source: "config" },
    });
  }
  call.asked = true;
  const outcome = await ctx.host.ask(canUseTool(call, need));
  call.asked = false;
  return carryOut(ctx, call, outcome);
}

/** The request that the SDK hands to `canUseTool`. */
function canUseTool({ id, name, input, server, source, serverTool }, need) {
  const { hook, description = input.description, suggestions, blockedPath, reason, reasonType } = need;
  return {
    subtype: "can_use_tool",
    tool_name: name,
    ...(server && { mcp_server: { name: server, source } }),
    display_name: serverTool ? displayName(serverTool) : name,
    input,
    description,
    permission_suggestions: suggestions,
    blocked_path: blockedPath,
    ...(hook === undefined
      ? { decision_reason: reason, decision_reason_type: reasonType }
      : hookReason(hook)),
    ...(server && hook === undefined && { server_policy_ask_only: true }),
    tool_use_id: id,
  };
}

const hookReason = (hook) => ({
  decision_reason: hook,
  decision_reason_type: "hook",
  decision_reason_hook_event: "PreToolUse",
  decision_reason_hook_source: "settings",
});

async function carryOut(ctx, call, { response, error, closed }) {
  if (closed || error !== undefined) {
    const what = closed
      ? "AbortError: Tool permission stream closed before response received"
      : `Error: ${error}`;
    return refuse(ctx, call, `Tool permission request failed: ${what}`, rejected("config", "other"));
  }
  const { behavior, message, interrupt, updatedInput, updatedPermissions } = response ?? {};
  const isDenial = behavior === "deny" && typeof message === "string";
  if (isDenial && (interrupt === undefined || typeof interrupt === "boolean")) {
    const denied = refuse(ctx, call, message, rejected("user_reject"));
    return interrupt === true ? { aborted: true } : denied;
  }
  if (behavior !== "allow" || (updatedInput !== undefined && !isObject(updatedInput))) {
    return refuse(ctx, call, INVALID, rejected("config", "other"));
  }
  // An empty input leaves the call as it was.
  if (updatedInput !== undefined && Object.keys(updatedInput).length > 0) {
    const issues = issuesOf(call.name, updatedInput);
    if (issues) return wrongInput(call, issues);
    call.input = updatedInput;
  }
  for (const update of Array.isArray(updatedPermissions) ? updatedPermissions : []) {
    if (isObject(update)) await applyUpdate(ctx, update);
  }
  return accept("user_temporary");
}

function wrongInput({ name }, issues) {
  const message =
    `<tool_use_error>The permission handler returned updatedInput for ${name} that failed schema validation: ` +
    `${issues}\n` +
    "This is a configuration issue in your canUseTool callback, PermissionRequest hook, or permission-prompt tool — " +
    "updatedInput must satisfy the tool's input schema. The tool input from the model was valid.</tool_use_error>";
  const kept = `InputValidationError: permission handler updatedInput failed schema for ${name}`;
  const decision = { decision: "reject", source: "permission_updated_input_invalid" };
  return { refused: { message, kept, meta: { permission_decision: decision } } };
}

async function applyUpdate(ctx, { type, rules = [], behavior, mode }) {
  if (type === "addRules" && (behavior === "allow" || behavior === "deny"))
    ctx.permissionRules[behavior].push(...(rules ?? []).filter(isObject));
  if (type !== "setMode" || mode === modeOf(ctx)) return;
  ctx.flags["permission-mode"] = mode;
  await emit(ctx, systemEvent(ctx, "status", { status: null, permissionMode: mode }));
}

const emitDenied = (ctx, { id, name }, { message, reason, reasonType }) =>
  emit(
    ctx,
    systemEvent(ctx, "permission_denied", {
      tool_name: name,
      tool_use_id: id,
      ...(reasonType && { decision_reason_type: reasonType }),
      ...(reason && { decision_reason: reason }),
      message,
    }),
  );

module.exports = { permissionFor };
