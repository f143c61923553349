// claude-verify: exit 0 when a log fits what was expected, 1 with the differences when not, 2 on usage.
"use strict";
const { readCalls } = require("../shared/log/read-log.cjs");
const { redact } = require("../shared/log/redact.cjs");
const { imitate } = require("../shared/runtime/program.cjs");

const USAGE = `Usage: claude-verify LOG [checks]

  --calls N               exactly N invocations
  --min-calls N           at least N invocations
  --modes A,B,C           the first ran in mode A, the next in B, …; C may repeat, as in FAKE_CLAUDE_MODE
  --scenario FILE         the scenario the invocations used, for --all-used
  --all-used              every mode of --modes, or every reply of --scenario, was used
  --flag NAME             every invocation had --NAME
  --flag NAME=VALUE       every invocation had --NAME with this value
  --prompt-sha256 HASH    some prompt has this SHA-256
  --prompt-contains TEXT  some prompt contains TEXT (log with FAKE_CLAUDE_LOG_PROMPT=1)

--flag and the prompt checks may be repeated; each must hold. A log without any invocation only fits --calls 0.
`;

class UsageError extends Error {}

function main(args = process.argv.slice(2)) {
  imitate("claude");
  try {
    if (args.includes("--help") || args.includes("-h")) return finish(0, USAGE);
    const expected = readArguments(args);
    const calls = readLog(expected.log);
    const differences = compare(calls, expected);
    if (differences.length === 0) return finish(0, `ok: ${plural(calls.length)} in ${expected.log}\n`);
    return finish(1, "", `${differences.map((one) => `- ${one}`).join("\n")}\n${describe(calls)}`);
  } catch (error) {
    if (error instanceof UsageError) return finish(2, "", `claude-verify: ${error.message}\n\n${USAGE}`);
    throw error;
  }
}

function finish(code, stdout, stderr = "") {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
}

const plural = (count) => `${count} invocation${count === 1 ? "" : "s"}`;

function readArguments(args) {
  const expected = { flags: [], contains: [], hashes: [] };
  const count = (text, name) => {
    if (!/^\d+$/.test(text)) throw new UsageError(`${name} must be a whole number, not "${text}"`);
    return Number(text);
  };
  const setters = {
    "--calls": (text) => (expected.calls = count(text, "--calls")),
    "--min-calls": (text) => (expected.minCalls = count(text, "--min-calls")),
    "--modes": (text) => (expected.modes = text.split(",").map((mode) => mode.trim())),
    "--scenario": (text) => (expected.scenario = text),
    "--flag": (text) => expected.flags.push(text.replace(/^--/, "")),
    "--prompt-contains": (text) => expected.contains.push(text),
    "--prompt-sha256": (text) => expected.hashes.push(text.toLowerCase()),
  };
  const rest = [...args];
  while (rest.length > 0) {
    const arg = rest.shift();
    const equals = arg.startsWith("--") ? arg.indexOf("=") : -1;
    const name = equals === -1 ? arg : arg.slice(0, equals);
    if (name === "--all-used") expected.allUsed = true;
    else if (Object.hasOwn(setters, name)) {
      const value = equals === -1 ? rest.shift() : arg.slice(equals + 1);
      // Often an unset variable. An empty text would be found in every prompt.
      if (!value?.trim()) throw new UsageError(`${name} needs a value`);
      setters[name](value);
    } else if (arg.startsWith("-")) throw new UsageError(`unknown option ${arg}`);
    else if (expected.log === undefined) expected.log = arg;
    else throw new UsageError(`one log only, not also ${arg}`);
  }
  if (expected.log === undefined) throw new UsageError("which log?");
  if (expected.allUsed && !expected.modes && !expected.scenario) {
    throw new UsageError("--all-used needs --modes or --scenario, to know what there was to use");
  }
  return expected;
}

function readLog(path) {
  try {
    return readCalls(path);
  } catch (error) {
    if (error.code === "ENOENT")
      throw new UsageError(
        `there is no log ${path}: the fake writes it when it runs with FAKE_CLAUDE_LOG=${path}`,
      );
    throw new UsageError(`${path}: ${error.message}`);
  }
}

/** The differences between the calls of a log and what was expected, one sentence each. */
function compare(calls, { calls: exact, minCalls, modes, scenario, allUsed, flags, contains, hashes }) {
  const found = [];
  // Every check would hold for a log without invocations.
  if (calls.length === 0 && exact !== 0) found.push("the fake was never called");
  if (exact !== undefined && calls.length !== exact)
    found.push(`expected ${plural(exact)}, found ${calls.length}`);
  if (minCalls !== undefined && calls.length < minCalls) {
    found.push(`expected at least ${plural(minCalls)}, found ${calls.length}`);
  }
  if (modes) found.push(...modeDifferences(calls, modes, allUsed));
  if (scenario !== undefined && allUsed) found.push(...unusedReplies(calls, scenario));
  for (const flag of flags) found.push(...flagDifferences(calls, flag));
  const prompts = calls.flatMap((call) => call.prompts);
  for (const hash of hashes) {
    if (!prompts.some((prompt) => prompt.sha256 === hash)) found.push(`no prompt has the SHA-256 ${hash}`);
  }
  for (const text of contains) found.push(...missingText(calls, prompts, text));
  return found;
}

function modeDifferences(calls, modes, allUsed) {
  const found = [];
  for (const [index, { mode }] of calls.entries()) {
    const wanted = modes[Math.min(index, modes.length - 1)];
    if (mode !== wanted) found.push(`invocation ${index + 1} ran in mode ${mode}, expected ${wanted}`);
  }
  const unused = allUsed ? modes.slice(calls.length) : [];
  if (unused.length > 0) found.push(`never reached: ${unused.join(", ")}`);
  return found;
}

function unusedReplies(calls, path) {
  const { readClaudeScenario } = require("./scenario/scenario.cjs");
  let replies;
  try {
    ({ replies } = readClaudeScenario(path));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const used = new Set(calls.flatMap((call) => call.replies));
  return [...replies.keys()]
    .filter((index) => !used.has(index))
    .map((index) => `replies[${index}] was never used`);
}

function flagDifferences(calls, flag) {
  const [, name, , value] = /^([^=]+)(=(.*))?$/s.exec(flag) ?? [];
  if (name === undefined) throw new UsageError(`--flag needs a name, not "${flag}"`);
  return calls.flatMap(({ flags }, index) => {
    const given = flags[name];
    if (given === undefined) return [`invocation ${index + 1} had no --${name}`];
    // The log has redacted values, so the expectation is redacted as well.
    const wanted = value === undefined ? undefined : redact(value);
    const fits = wanted === undefined || [given].flat().some((one) => String(one) === wanted);
    return fits ? [] : [`invocation ${index + 1} had --${name} ${JSON.stringify(given)}, expected ${wanted}`];
  });
}

function missingText(calls, prompts, text) {
  const clean = redact(text);
  const known = [...prompts.map((prompt) => prompt.text), ...calls.map((call) => call.stdin?.head)];
  if (known.some((one) => one?.includes(clean))) return [];
  if (prompts.some((prompt) => prompt.text === undefined)) {
    return [
      "--prompt-contains cannot tell: the log has no text of prompts. Set FAKE_CLAUDE_LOG_PROMPT=1 for the " +
        "invocations, or use --prompt-sha256",
    ];
  }
  return [`no prompt contains ${JSON.stringify(text)}`];
}

function describe(calls) {
  const lines = calls.map(({ mode, exitCode, signal, ended }, index) => {
    const end = ended ? (signal ?? `exit ${exitCode}`) : "killed, or still running";
    return `  ${index + 1}. ${mode}: ${end}\n`;
  });
  return lines.length > 0 ? `The log has:\n${lines.join("")}` : "The log is empty.\n";
}

module.exports = { main };
