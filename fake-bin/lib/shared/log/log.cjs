// FAKE_<CLI>_LOG: one file of JSON lines, shared by any number of invocations. Each line is a single O_APPEND write,
// so lines never mix. An invocation writes
//   {"event":"start"}   when it begins: argv, flags, cwd, pid, ppid, mode, step;
//   {"event":"prompt"}  when its prompt is known: size, hash and head; once per user message;
//   {"event":"reply"}   when a scenario's reply is chosen for that prompt: its number, from 0;
//   {"event":"end"}     when it exits: all of the above, signals received, exit code, durationMs.
// All have the same `invocation`. An invocation without `end` was killed by SIGKILL or is still running.
// Values of environment variables and bodies of prompts are never written. FAKE_<CLI>_LOG_PROMPT=1 adds the redacted
// prompt, for `claude-verify --prompt-contains`.
"use strict";
const { createHash, randomBytes } = require("node:crypto");
const { openSync, writeSync } = require("node:fs");
const { invocation } = require("../runtime/invocation.cjs");
const { misused, setting, variable } = require("../runtime/program.cjs");
const { redact } = require("./redact.cjs");

const HEAD_CHARACTERS = 80;
/** More than the head: a key that begins within the head is recognised only as a whole. */
const REDACTED_BYTES = 4096;

const sha256 = (data) => createHash("sha256").update(data).digest("hex");
const summary = (text) => ({ bytes: Buffer.byteLength(text), sha256: sha256(text) });
const inWords = (text) => {
  const { bytes, sha256: hash } = summary(text);
  return `<${bytes} bytes, sha256 ${hash}>`;
};
const head = (bytes) =>
  redact(Buffer.from(bytes).toString("utf8", 0, REDACTED_BYTES)).slice(0, HEAD_CHARACTERS);

/**
 * Whether a value reads like a prompt. A variadic flag swallows a prompt that comes after it, and so does `--resume`
 * without an id.
 */
const looksWritten = (text) => !/^\s*[{[]/.test(text) && text.trim().split(/\s+/).length > 4;

/** How much of a value the log may show: of a setting such as `name=value` the value is private, unless its name is harmless. */
function loggableSetting(text, harmless) {
  const [, name, value] = /^(\s*[\w.-]+\s*=\s*)(.*)$/s.exec(text) ?? [];
  if (name === undefined) return inWords(text);
  return name + (harmless.test(name) || /^(?:\d+|true|false)$/.test(value) ? redact(value) : inWords(value));
}

/** The value of a flag as the log may show it. */
function loggableValue(text, flag) {
  if (flag.harmless) return loggableSetting(text, flag.harmless);
  return flag.private || looksWritten(text) ? inWords(text) : redact(text);
}

/** One argument as the log may show it. */
function loggable({ kind, text, flag, at }) {
  if (kind === "positional") return inWords(text);
  if (kind === "value") return loggableValue(text, flag);
  if (kind === "inline") return text.slice(0, at) + loggableValue(text.slice(at), flag);
  // The flag is unknown, so its value may be private.
  if (kind === "unknown" && text.includes("=")) return `${text.slice(0, text.indexOf("=") + 1)}<…>`;
  if (kind === "unknown" && /^-[^-]./s.test(text)) return `${text.slice(0, 2)}<…>`;
  return redact(text);
}

/**
 * A refusal as the log may show it: the arguments that it quotes are hidden. A positional may be as short as a word of the sentence,
 * so it is hidden only where it stands in quotation marks; so is the value of a setting, which the sentence quotes without its name.
 */
function loggableRefusal(sentence, { words }) {
  const hidden = words.reduce((text, word) => {
    const { kind, flag, at = 0, spelledOut } = word;
    const quoted = word.text.slice(at);
    if (spelledOut) return text.replaceAll(spelledOut, "<…>");
    if (quoted === "") return text;
    if (kind === "positional") return hideQuoted(text, quoted);
    const shown = text.replaceAll(quoted, () => loggable(word).slice(at));
    return flag?.harmless ? hideQuoted(shown, settingValue(quoted)) : shown;
  }, sentence);
  return redact(hidden);
}

const settingValue = (text) => text.replace(/^[^=]*=\s*/s, "").replace(/^(["'])(.*)\1$/s, "$2");

const hideQuoted = (sentence, text) =>
  (text === "" ? [] : ["'", '"', "`"]).reduce(
    (hidden, mark) =>
      hidden.replaceAll(mark + text + mark, () => `${mark}<${Buffer.byteLength(text)} bytes>${mark}`),
    sentence,
  );

function loggableFlags({ flags, words }) {
  const known = new Map(words.filter(({ flag }) => flag).map(({ flag }) => [flag.name, flag]));
  const show = (name, value) => {
    if (typeof value !== "string") return value;
    const { harmless, private: hidden } = known.get(name) ?? {};
    if (harmless) return loggableSetting(value, harmless);
    return hidden || looksWritten(value) ? summary(value) : redact(value);
  };
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((one) => show(name, one)) : show(name, value),
    ]),
  );
}

const chosen = () => ({
  mode: invocation.mode ?? null,
  step: invocation.step ?? null,
  ...(invocation.scenarioReply === undefined ? {} : { scenarioReply: invocation.scenarioReply }),
});

/** Opens the log for this process. */
function openLog(path, parsed) {
  const id = `${process.pid}-${randomBytes(4).toString("hex")}`;
  let file;
  try {
    file = openSync(path, "a", 0o600);
  } catch (error) {
    throw misused(`${variable("LOG")} cannot be written: ${error.message}`);
  }
  const write = (event, more) =>
    writeSync(file, `${JSON.stringify({ event, invocation: id, at: new Date().toISOString(), ...more })}\n`);
  const asked = {
    argv: parsed.words.map(loggable),
    flags: loggableFlags(parsed),
    cwd: process.cwd(),
    pid: process.pid,
    ppid: process.ppid,
  };
  const received = {};

  return {
    start() {
      write("start", { ...asked, ...chosen() });
    },
    prompt(prompt, stdin) {
      received.stdin = { ...summary(stdin), head: head(stdin) };
      const known = summary(prompt);
      if (setting("LOG_PROMPT") === "1") known.text = redact(prompt);
      received.prompts = [...(received.prompts ?? []), known];
      write("prompt", { pid: process.pid, ...chosen(), stdin: received.stdin, prompt: known });
    },
    reply() {
      write("reply", { pid: process.pid, ...chosen() });
    },
    end({ exitCode, signal = null }) {
      write("end", {
        ...asked,
        ...chosen(),
        stdin: received.stdin ?? null,
        prompts: received.prompts ?? [],
        refused: invocation.refused ? loggableRefusal(invocation.refused, parsed) : null,
        signals: invocation.signals,
        children: invocation.children,
        exitCode,
        signal,
        durationMs: Date.now() - invocation.startedAt,
      });
    },
  };
}

module.exports = { openLog };
