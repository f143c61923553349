// Rules such as `Bash`, `Bash(touch:*)` and `mcp__posts`, of the command line and of what the SDK adds in a conversation.
"use strict";
const { resolve } = require("node:path");

/** Reads `Bash(git log:*),Read` and lists of such. A comma inside brackets belongs to its rule. */
const readRules = (values = []) =>
  values.flatMap((value) => value.match(/[^,\s(]+(?:\([^)]*\))?/g) ?? []).map(readRule);

function readRule(text) {
  const [, toolName, ruleContent] = /^([^(]+)(?:\((.*)\))?$/.exec(text);
  return { toolName, ruleContent };
}

/** The rules of a conversation: of the command line, of `apply_flag_settings`, and what the SDK added when it allowed a call. */
function rulesOf({ flags, flagSettings, permissionRules }) {
  const { allow, deny } = flagSettings?.permissions ?? {};
  return {
    allow: [...readRules(flags["allowed-tools"]), ...readRules(allow), ...permissionRules.allow],
    deny: [...readRules(flags["disallowed-tools"]), ...readRules(deny), ...permissionRules.deny],
  };
}

const fits = (rule, name, input) =>
  (rule.toolName === name || serverOf(rule.toolName, name)) &&
  (rule.ruleContent === undefined || contentFits(rule.ruleContent, name, input));

/** `mcp__posts` and `mcp__posts__*` mean every tool of the server. */
const serverOf = (rule, name) =>
  rule.startsWith("mcp__") && name.startsWith(`${rule.replace(/__\*$/, "")}__`);

function contentFits(content, name, input) {
  if (name === "Bash") return wildcard(content.replace(/:\*$/, " *")).test(String(input.command));
  if (content.startsWith("domain:")) return hostOf(input.url) === content.slice("domain:".length);
  const path = input.file_path ?? input.notebook_path;
  return path !== undefined && wildcard(resolve(content.replace(/^\/\//, "/"))).test(resolve(path));
}

/** `touch *` fits `touch` alone too, as the genuine CLI has it. */
function wildcard(pattern) {
  const open = pattern.endsWith(" *");
  const parts = (open ? pattern.slice(0, -2) : pattern).split("*");
  const literal = parts.map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}${open ? "( .*)?" : ""}$`, "s");
}

function hostOf(url) {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined; // No URL has no host, so no rule fits it.
  }
}

/** The rule of a list that fits a call. */
const ruleFor = (rules, name, input) => rules.find((rule) => fits(rule, name, input));

/** Whether the command line takes a tool away altogether. */
const isTakenAway = (flags, name) =>
  readRules(flags["disallowed-tools"]).some(
    ({ toolName, ruleContent }) =>
      ruleContent === undefined && (toolName === name || serverOf(toolName, name)),
  );

module.exports = { isTakenAway, ruleFor, rulesOf };
