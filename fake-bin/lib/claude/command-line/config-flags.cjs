// Flags that name or hold a configuration. The fake refuses one that it cannot read, and ignores what is in it.
"use strict";
const { readFileSync } = require("node:fs");
const { resolve } = require("node:path");
const { Refusal } = require("../../shared/runtime/program.cjs");

const SOURCES = ["user", "project", "local"];

function checkSettings({ settings, "setting-sources": sources }) {
  if (settings !== undefined && parse(settings) === undefined) {
    const { text, missing, problem } = read(settings);
    if (missing) throw new Refusal(`Error: Settings file not found: ${resolve(settings)}`);
    if (text === undefined)
      throw new Refusal(`Error: Cannot use settings file (${problem}): ${resolve(settings)}`);
  }
  const unknown = sources?.split(",").find((source) => source !== "" && !SOURCES.includes(source.trim()));
  if (unknown !== undefined) {
    throw new Refusal(
      `Error processing --setting-sources: Invalid setting source: ${unknown}. Valid options are: ${SOURCES.join(", ")}`,
    );
  }
}

function checkMcpConfig(configs) {
  const problems = configs.map(mcpProblem).filter(Boolean);
  if (problems.length > 0) throw new Refusal(`Error: Invalid MCP configuration:\n${problems.join("\n")}`);
}

function mcpProblem(config) {
  let value = parse(config);
  if (value === undefined) {
    const { text } = read(config);
    if (text === undefined) return `MCP config file not found: ${resolve(config)}`;
    value = parse(text);
    if (value === undefined) return "MCP config is not a valid JSON";
  }
  if (value.mcpServers === undefined) return "mcpServers: Invalid input: expected record, received undefined";
  return undefined;
}

/** The value of a text that is a JSON object. */
function parse(text) {
  if (!text.trim().startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the real CLI takes it for the path of a file.
    return undefined;
  }
}

function read(path) {
  try {
    return { text: readFileSync(path, "utf8") };
  } catch (error) {
    // Node ends its message with the path, which the refusal already names.
    return { missing: error.code === "ENOENT", problem: error.message.replace(/ '.*$/, "") };
  }
}

module.exports = { checkSettings, checkMcpConfig };
