// Whether a hook's answer has the form that the genuine CLI demands. It treats an answer of any other form as empty.
"use strict";

/** The events of which the SDK's types have an output of their own. */
const EVENTS = [
  "CwdChanged",
  "Elicitation",
  "ElicitationResult",
  "FileChanged",
  "MessageDisplay",
  "Notification",
  "PermissionDenied",
  "PermissionRequest",
  "PostModelSwitch",
  "PostToolBatch",
  "PostToolUse",
  "PostToolUseFailure",
  "PreModelSwitch",
  "PreToolUse",
  "SessionStart",
  "Setup",
  "Stop",
  "SubagentStart",
  "SubagentStop",
  "UserPromptExpansion",
  "UserPromptSubmit",
  "WorktreeCreate",
];

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === "string";
const isFlag = (value) => typeof value === "boolean";
const isOneOf = (values) => (value) => values.includes(value);

const FIELDS = {
  continue: isFlag,
  suppressOutput: isFlag,
  stopReason: isText,
  decision: isOneOf(["approve", "block"]),
  reason: isText,
  systemMessage: isText,
  hookSpecificOutput: (output) =>
    isObject(output) && EVENTS.includes(output.hookEventName) && allFit(output, OUTPUT),
};

const OUTPUT = {
  permissionDecision: isOneOf(["allow", "deny", "ask", "defer"]),
  permissionDecisionReason: isText,
  updatedInput: isObject,
  additionalContext: isText,
};

const allFit = (answer, fields) =>
  Object.keys(fields).every((key) => answer[key] === undefined || fields[key](answer[key]));

const isAnswer = (answer) => isObject(answer) && (answer.async === true || allFit(answer, FIELDS));

/** The genuine CLI's words about an answer that names another event than the one that was asked about. */
function wrongEvent(event, answer) {
  const named = answer.hookSpecificOutput?.hookEventName;
  if (answer.async === true || named === undefined || named === event) return undefined;
  const said = JSON.stringify(answer, undefined, 2);
  return `Hook returned incorrect event name: expected '${event}' but got '${named}'. Full stdout: ${said}`;
}

module.exports = { isAnswer, wrongEvent };
