// Whether a tool call runs, is refused, or has to be asked about, before any hook and any person is heard.
"use strict";
const { relative, resolve } = require("node:path");
const { ruleFor } = require("./rules.cjs");
const { isInside, readShellCommand } = require("./shell-command.cjs");

const FILE_WRITERS = ["Edit", "NotebookEdit", "Write"];
const NETWORK = ["WebFetch", "WebSearch"];
const ACCEPT_EDITS = { type: "setMode", mode: "acceptEdits", destination: "session" };

const dontAsk = (name) =>
  `Permission to use ${name} has been denied because Claude Code is running in don't ask mode. IMPORTANT: You *may* ` +
  "attempt to accomplish this action using other tools that might naturally be used to accomplish this goal, e.g. using " +
  "head instead of cat. But you *should not* attempt to work around this denial in malicious ways, e.g. do not use your " +
  "ability to run tests to execute non-test actions. You should only try to work around this restriction in reasonable " +
  "ways that do not attempt to bypass the intent behind this denial. If you believe this capability is essential to " +
  "complete the user's request, STOP and explain to the user what you were trying to do and why you need this " +
  "permission. Let the user decide how to proceed.";

/**
 * @param call `name`, `input`, and `permission` of a scenario: "ask" or "allow", in place of what the tool's name says
 * @param setting `rules` (`allow`, `deny`), `mode`, `cwd`
 * @returns `{ behavior: "allow", reasonType }`, `{ behavior: "deny", message, reasonType }` or `{ behavior: "ask", message,
 *   reason, reasonType, description, suggestions, blockedPath }`
 */
function decide(call, { rules, mode, cwd }) {
  const { name, input } = call;
  // The genuine CLI judges a command line by its parts.
  const byRule = name === "Bash" ? "subcommandResults" : "rule";
  const denied = ruleFor(rules.deny, name, input);
  if (denied) {
    const reasonType = denied.ruleContent === input.command ? "rule" : byRule;
    return { behavior: "deny", message: deniedMessage(call), reasonType };
  }
  if (mode === "bypassPermissions") return { behavior: "allow", reasonType: "mode" };
  const allowed = ruleFor(rules.allow, name, input);
  if (allowed) return { behavior: "allow", reasonType: allowed.ruleContent === undefined ? "rule" : byRule };
  const need = needOf(call, { mode, cwd });
  if (need.behavior === "ask" && mode === "dontAsk") {
    return { behavior: "deny", message: dontAsk(name), reasonType: "mode", mode: true };
  }
  return need;
}

const deniedMessage = ({ name, input }) =>
  name === "Bash"
    ? `Permission to use Bash with command ${input.command} has been denied.`
    : `Permission to use ${name} has been denied.`;

/** What a call needs where no rule speaks of it. */
function needOf({ name, input, permission }, { mode, cwd }) {
  const plain = `Claude requested permissions to use ${name}, but you haven't granted it yet.`;
  if (permission === "allow") return { behavior: "allow", reasonType: "rule" };
  if (name === "Bash") return needOfShell(String(input.command ?? ""), { permission, mode, cwd, input });
  const path = resolve(cwd, String(input.file_path ?? input.notebook_path ?? ""));
  if (FILE_WRITERS.includes(name)) return needOfWriter(path, { mode, cwd });
  if (name === "Read" && !isInside(path, cwd)) return needOfReader(path);
  if (name.startsWith("mcp__")) {
    return { behavior: "ask", message: plain, suggestions: [allowRule({ toolName: name })] };
  }
  if (NETWORK.includes(name)) {
    const rule =
      name === "WebFetch"
        ? { toolName: name, ruleContent: `domain:${hostOf(input.url)}` }
        : { toolName: name };
    return {
      behavior: "ask",
      message: plain,
      description: input.url ?? input.query,
      suggestions: [allowRule(rule)],
    };
  }
  if (permission === "ask")
    return { behavior: "ask", message: plain, suggestions: [allowRule({ toolName: name })] };
  return { behavior: "allow", reasonType: "mode" };
}

function needOfShell(command, { permission, mode, cwd, input }) {
  const { description } = input;
  const { kind, verb, path, inside } = readShellCommand(command, cwd);
  if (kind === "reads" && permission !== "ask") return { behavior: "allow", reasonType: "subcommandResults" };
  if (kind === "files" && inside && mode === "acceptEdits")
    return { behavior: "allow", reasonType: "subcommandResults" };
  if (kind !== "files") {
    const reason = "This command requires approval";
    const suggestions = [allowRule({ toolName: "Bash", ruleContent: similarTo(command) })];
    return { behavior: "ask", message: reason, reason, reasonType: "other", description, suggestions };
  }
  const needs = `${verb} in '${path}' needs approval.`;
  const message = inside
    ? `${needs} The path is inside the working directories for this session ('${cwd}'), and Claude Code asks before a ` +
      "shell command creates, changes or removes files there."
    : `${needs} The path is outside the working directories for this session ('${cwd}'). Allowing runs the command as written.`;
  const suggestions = [
    allowRule({ toolName: "Bash", ruleContent: similarTo(command) }),
    { type: "addDirectories", directories: [inside ? cwd : resolve(path, "..")], destination: "session" },
    ACCEPT_EDITS,
  ];
  return { behavior: "ask", message, description, suggestions, blockedPath: path };
}

/** What the genuine CLI suggests to allow: a command with a subcommand, and with any arguments, or just this one. */
function similarTo(command) {
  const [, verb] = /^([\w./-]+ [a-z][a-z0-9]*(?:-[a-z0-9]+)*)(?: |$)/.exec(command) ?? [];
  return verb === undefined ? command : `${verb} *`;
}

function needOfWriter(path, { mode, cwd }) {
  const inside = isInside(path, cwd);
  if (mode === "acceptEdits" && inside) return { behavior: "allow", reasonType: "mode" };
  const ask = {
    behavior: "ask",
    message: `Claude requested permissions to write to ${path}, but you haven't granted it yet.`,
    description: inside ? relative(cwd, path) : path,
  };
  return mode === "plan" ? { ...ask, reasonType: "mode" } : { ...ask, suggestions: [ACCEPT_EDITS] };
}

const needOfReader = (path) => ({
  behavior: "ask",
  message: `Claude requested permissions to read from ${path}, but you haven't granted it yet.`,
  reason: "Path is outside allowed working directories",
  reasonType: "workingDir",
  description: path,
  suggestions: [allowRule({ toolName: "Read", ruleContent: `/${resolve(path, "..")}/**` }, "session")],
});

const allowRule = (rule, destination = "localSettings") => ({
  type: "addRules",
  rules: [rule],
  behavior: "allow",
  destination,
});

function hostOf(url) {
  try {
    return new URL(url).hostname;
  } catch {
    return ""; // The tool refuses what is no URL; whether it may run is another question.
  }
}

module.exports = { decide };
