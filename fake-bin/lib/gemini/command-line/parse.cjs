"use strict";
const { byLetter, byName, camelCase, WITHOUT_VALUE } = require("./options.cjs");

/** Whether an argument can be the value of an option. `-` can; anything else that begins with a dash is an option. */
const isValue = (text) => text !== undefined && (!text.startsWith("-") || text === "-" || /^-\d/.test(text));

/**
 * Reads a command line.
 *
 * @returns `flags` by name, `positionals`, `unknown` names, `valueless` spellings of options that lack their value, `repeated` names,
 *   and `words`: every argument with what it is, for the log
 */
function parse(argv) {
  const parsed = { flags: {}, positionals: [], unknown: [], valueless: [], repeated: [], words: [] };
  // What follows `--` is lost: the real CLI does not read it either.
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  for (const text of argv.slice(end)) parsed.words.push({ kind: "positional", text });
  const args = argv.slice(0, end);
  for (let at = 0; at < args.length; at++) {
    const text = args[at];
    if (text.startsWith("--")) at += readLong(parsed, text, args[at + 1]);
    else if (/^-[A-Za-z]/.test(text)) at += readShort(parsed, text, args[at + 1]);
    else {
      parsed.positionals.push(text);
      parsed.words.push({ kind: "positional", text });
    }
  }
  return parsed;
}

/** @returns how many further arguments the option has taken. */
function readLong(parsed, text, next) {
  const [, spelled, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(text);
  const negated = spelled.startsWith("no-") ? byName(spelled.slice(3)) : undefined;
  const option = byName(spelled) ?? (negated?.kind === "boolean" ? negated : undefined);
  if (!option) {
    parsed.words.push({ kind: "unknown", text });
    addUnknown(parsed, spelled);
    return 0;
  }
  if (inline !== undefined) {
    parsed.words.push({ kind: "inline", text, flag: option, at: text.indexOf("=") + 1 });
    set(parsed, option, option.kind === "boolean" ? inline !== "false" : inline);
    return 0;
  }
  parsed.words.push({ kind: "flag", text, flag: option });
  return readValue(parsed, option, spelled, next, option !== negated);
}

/** A group of letters: each is an option, and only the last can have a value, which is what follows in the word or the next word. */
function readShort(parsed, text, next) {
  const [, letters, rest] = /^-(\w+)(.*)$/s.exec(text);
  const inline = rest === "" ? undefined : rest.replace(/^=/, "");
  const last = byLetter(letters.at(-1));
  if (inline !== undefined && last)
    parsed.words.push({ kind: "inline", text, flag: last, at: text.length - inline.length });
  else parsed.words.push(shortWord(text, letters, last));
  let taken = 0;
  for (const [index, letter] of [...letters].entries()) {
    const option = byLetter(letter);
    const isLast = index === letters.length - 1;
    if (!option) addUnknown(parsed, letter);
    else if (!isLast) set(parsed, option, option.kind === "boolean" || "");
    else if (inline !== undefined) set(parsed, option, inline);
    else taken = readValue(parsed, option, letter, next, true);
  }
  return taken;
}

/** A group with unknown letters may be a prompt that was meant as the value of the first one. The refusal spells it out. */
function shortWord(text, letters, flag) {
  const unknown = [...letters].filter((letter) => !byLetter(letter));
  if (unknown.length === 0) return { kind: "flag", text, flag };
  return { kind: "unknown", text, spelledOut: unknown.length > 1 ? unknown.join(", ") : undefined };
}

function readValue(parsed, option, spelled, next, value) {
  if (option.kind === "boolean") {
    set(parsed, option, value);
    return 0;
  }
  if (isValue(next)) {
    parsed.words.push({ kind: "value", text: next, flag: option });
    set(parsed, option, next);
    return 1;
  }
  if (option.name in WITHOUT_VALUE) set(parsed, option, WITHOUT_VALUE[option.name]);
  else parsed.valueless.push(spelled);
  return 0;
}

function set({ flags, repeated }, { name, kind }, value) {
  if (kind === "list") {
    const values = value.split(",").map((one) => one.trim());
    flags[name] = [...(flags[name] ?? []), ...values];
    return;
  }
  if (name in flags && kind === "string") repeated.push(name);
  flags[name] = value;
}

function addUnknown({ unknown }, name) {
  unknown.push(name);
  if (camelCase(name) !== name) unknown.push(camelCase(name));
}

module.exports = { parse };
