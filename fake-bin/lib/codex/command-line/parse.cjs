// Reads a command line the way the real CLI's parser (clap) does.
"use strict";
const { Refusal } = require("../../shared/runtime/program.cjs");
const { COMMANDS, flagsOf } = require("./flags.cjs");

const MORE = "For more information, try '--help'.";
const TOP = "codex [OPTIONS] [PROMPT]\n       codex [OPTIONS] <COMMAND> [ARGS]";

const refuse = (problem, command) => {
  const usage = command === undefined ? TOP : COMMANDS[command].usage;
  return new Refusal(`error: ${problem}\n\nUsage: ${usage}\n\n${MORE}`, 2);
};

/** A refusal that shows no usage, as of a value that is missing or none of the choices. */
const refuseValue = (problem) => new Refusal(`error: ${problem}\n\n${MORE}`, 2);

const possible = ({ values }) => (values ? `\n  [possible values: ${values.join(", ")}]` : "");

/**
 * The arguments after `exec`: `command` (`exec`, `resume`, …), `flags` by name, `positionals`, `words` (every argument, with its flag and
 * part, for the log), and `refusal`, when the real CLI refuses the line. A flag of `exec` may stand before the subcommand.
 */
function parseExec(argv) {
  const parsed = { command: "exec", flags: {}, positionals: [], words: [], refusal: undefined };
  let known = flagsOf("exec");
  const rest = [...argv];
  let onlyPositionals = false;
  const problem = (what) => (parsed.refusal ??= refuse(what, parsed.command));

  const set = (flag, value) => {
    const { name } = flag;
    if (flag.values && !flag.values.includes(value)) {
      parsed.refusal ??= refuseValue(`invalid value '${value}' for '${flag.declaration}'${possible(flag)}`);
    }
    if (flag.repeatable) parsed.flags[name] = [...(parsed.flags[name] ?? []), value];
    else if (parsed.flags[name] !== undefined) {
      problem(`the argument '${flag.declaration}' cannot be used multiple times`);
    } else parsed.flags[name] = value;
  };
  const takeValues = (flag) => {
    if (rest.length === 0 || looksLikeFlag(rest[0])) {
      parsed.refusal ??= refuseValue(
        `a value is required for '${flag.declaration}' but none was supplied${possible(flag)}`,
      );
      return;
    }
    do {
      const value = rest.shift();
      set(flag, value);
      parsed.words.push({ kind: "value", text: value, flag });
    } while (flag.variadic && rest.length > 0 && !looksLikeFlag(rest[0]));
  };
  const positional = (text) => {
    if (
      !onlyPositionals &&
      parsed.command === "exec" &&
      parsed.positionals.length === 0 &&
      isSubcommand(text)
    ) {
      parsed.command = text;
      known = flagsOf(text);
      parsed.words.push({ kind: "flag", text });
      return;
    }
    parsed.words.push({ kind: "positional", text });
    parsed.positionals.push(text);
    if (parsed.positionals.length > COMMANDS[parsed.command].most)
      problem(`unexpected argument '${text}' found`);
  };

  while (rest.length > 0) {
    const arg = rest.shift();
    if (onlyPositionals || !looksLikeFlag(arg)) positional(arg);
    else if (arg === "--") {
      onlyPositionals = true;
      parsed.words.push({ kind: "flag", text: arg });
    } else {
      const { flag, inline, at } = findFlag(known, arg);
      if (!flag) {
        parsed.words.push({ kind: "unknown", text: arg });
        const name = arg.replace(/=.*/s, "");
        problem(`unexpected argument '${name}' found\n\n  tip: ${tipFor(name, known)}`);
      } else if (inline === undefined) {
        parsed.words.push({ kind: "flag", text: arg, flag });
        if (flag.takesValue) takeValues(flag);
        else set(flag, true);
      } else if (flag.takesValue) {
        parsed.words.push({ kind: "inline", text: arg, flag, at });
        set(flag, inline);
      } else {
        parsed.words.push({ kind: "unknown", text: arg });
        problem(`unexpected value '${inline}' for '${flag.declaration}' found; no more were expected`);
      }
    }
  }
  return parsed;
}

/** A single dash is a positional: the prompt is on stdin. */
const looksLikeFlag = (arg) => arg.length > 1 && arg.startsWith("-");

const isSubcommand = (text) => Object.hasOwn(COMMANDS, text) && text !== "exec";

/** The flag of `-m`, `--model`, `-mX`, `-m=X` and `--model=X`. */
function findFlag(known, arg) {
  const named = (form) => known.find(({ forms }) => forms.includes(form));
  if (named(arg)) return { flag: named(arg) };
  const at = arg.startsWith("--") ? arg.indexOf("=") + 1 : 2 + Number(arg[2] === "=");
  if (at === 0) return {};
  const flag = named(arg.slice(0, at).replace(/=$/, ""));
  return { flag, inline: arg.slice(at), at };
}

function tipFor(name, known) {
  const { mostAlike } = require("./alike.cjs");
  const longNames = known.map((flag) => flag.name);
  const alike = name.startsWith("--") ? mostAlike(name.slice(2), longNames) : undefined;
  if (alike === undefined) return `to pass '${name}' as a value, use '-- ${name}'`;
  return `a similar argument exists: '--${alike}'`;
}

module.exports = { parseExec, refuse };
