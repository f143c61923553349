// What config.toml and `-c` say. The fake reads what changes its output, and refuses what the real CLI was seen to refuse.
"use strict";
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { Refusal } = require("../../shared/runtime/program.cjs");

const NUMBERS = /^model_providers\.[^.]+\.(?:request_max_retries|stream_max_retries|stream_idle_timeout_ms)$/;

/**
 * The settings by their dotted names: those of config.toml, then those of `-c`.
 *
 * @throws Refusal as the real CLI gives
 */
function readConfig(flags, env = process.env) {
  const given = (flags.config ?? []).map((text) => {
    const equals = text.indexOf("=");
    if (equals === -1)
      throw new Refusal(`Error parsing -c overrides: Invalid override (missing '='): ${text}`);
    if (text.slice(0, equals).trim() === "")
      throw new Refusal(`Error parsing -c overrides: Empty key in override: ${text}`);
    return [text.slice(0, equals).trim(), readValue(text.slice(equals + 1).trim())];
  });
  const home = env.CODEX_HOME || join(env.HOME ?? "/", ".codex");
  if (env.CODEX_HOME && !existsSync(home)) {
    const missing = `CODEX_HOME points to "${home}", but that path does not exist`;
    throw new Refusal(
      `WARNING: proceeding, even though we could not create PATH aliases: ${missing}\n` +
        `Error finding codex home: ${missing}`,
    );
  }
  const config = new Map([...readFile(join(home, "config.toml"), flags), ...given]);
  check(config);
  if (flags["strict-config"]) checkStrictly(given);
  return config;
}

function readFile(path, flags) {
  if (flags["ignore-user-config"]) return [];
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    // Most homes have none, and what cannot be read changes nothing here.
    return [];
  }
  return readToml(text, path);
}

/** The scalars of a TOML file by their dotted names; lists and inline tables are left out. */
function readToml(text, path) {
  const found = [];
  let table = "";
  for (const [index, line] of text.split("\n").entries()) {
    const header = /^\s*\[([^[\]]+)\]/.exec(line);
    if (header) table = `${header[1].trim()}.`;
    const [, key, value] = /^\s*([\w.-]+)\s*=\s*(.+?)\s*$/.exec(line) ?? [];
    if (key === undefined || /^[[{]|^"""/.test(value)) continue;
    if (/^"(?:[^"\\]|\\.)*$/.test(value)) throw unterminated(path, index + 1, line);
    found.push([table + key, readValue(value.replace(/(?<=["\w])\s+#.*$/, ""))]);
  }
  return found;
}

function unterminated(path, row, line) {
  const gutter = " ".repeat(String(row).length);
  const problem = `Error loading config.toml:\n${path}:${row}:${line.length + 1}: invalid basic string, expected \`"\``;
  const quoted = `${gutter} |\n${row} | ${line}\n${gutter} | ${" ".repeat(line.length)}^`;
  // The line may hold a key.
  return Object.assign(new Refusal(`${problem}\n${quoted}`), { inLog: problem });
}

/** A value as TOML; what is none is a text, as for the real CLI. */
function readValue(text) {
  if (/^-?\d+$/.test(text)) return Number(text);
  if (text === "true" || text === "false") return text === "true";
  return /^"(.*)"$/s.exec(text)?.[1] ?? /^'(.*)'$/s.exec(text)?.[1] ?? text;
}

const wrong = (why, name) => new Refusal(`Error loading config.toml: ${why}\nin \`${name}\`\n`);

const CHOICES = {
  sandbox_mode: ["read-only", "workspace-write", "danger-full-access"],
  approval_policy: ["untrusted", "on-failure", "on-request", "granular", "never"],
};

function check(config) {
  for (const [name, value] of config) {
    if (Object.hasOwn(CHOICES, name) && typeof value === "string" && !CHOICES[name].includes(value)) {
      const choices = CHOICES[name].map((one) => `\`${one}\``).join(", ");
      throw wrong(`unknown variant \`${value}\`, expected one of ${choices}`, name);
    }
    if (name === "model_reasoning_effort" && typeof value === "number") {
      throw wrong(`invalid type: integer \`${value}\`, expected a string`, name);
    }
    if (NUMBERS.test(name) && typeof value === "string") {
      throw wrong(`invalid type: string ${JSON.stringify(value)}, expected u64`, name);
    }
    if (name.startsWith("model_providers.openai.")) {
      throw wrong(
        "model_providers contains reserved built-in provider IDs: `openai`. Built-in providers cannot be overridden. " +
          "Rename your custom provider (for example, `openai-custom`).",
        "model_providers",
      );
    }
    if (name.endsWith(".wire_api") && value === "chat") {
      throw wrong(
        '`wire_api = "chat"` is no longer supported.\nHow to fix: set `wire_api = "responses"` in your provider config.\n' +
          "More info: https://github.com/openai/codex/discussions/7782",
        name,
      );
    }
  }
  if (config.get("approval_policy") === "untrusted") {
    throw new Refusal('Error: approval_policy = "untrusted" is no longer supported; remove this setting');
  }
  const provider = config.get("model_provider");
  const known = [...config.keys()].some((name) => name.startsWith(`model_providers.${provider}.`));
  if (provider !== undefined && provider !== "openai" && !known) {
    throw new Refusal(`Error: Model provider \`${provider}\` not found`);
  }
}

const FIELDS =
  /^(?:model|approval|sandbox|shell_environment_policy|mcp_servers|profiles|features|analytics|history|otel|tui|tools|notify|projects|openai_base_url|chatgpt_base_url|disable_response_storage|hide_agent_reasoning|show_raw_agent_reasoning|instructions|developer_instructions|web_search)/;

/** The real CLI knows every field; the fake knows the beginnings of the usual ones. */
function checkStrictly(given) {
  const unknown = given.find(([name]) => !FIELDS.test(name))?.[0];
  if (unknown === undefined) return;
  throw new Refusal(
    `Error loading config.toml: unknown configuration field \`${unknown}\` in -c/--config override`,
  );
}

module.exports = { readConfig };
