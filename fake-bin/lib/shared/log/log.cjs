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

/** One argument as the log may show it. */
function loggable({ kind, text, flag, at }) {
  if (kind === "positional") return inWords(text);
  if (kind === "value") return flag.private || looksWritten(text) ? inWords(text) : redact(text);
  if (kind === "inline")
    return text.slice(0, at) + (flag.private ? inWords(text.slice(at)) : redact(text.slice(at)));
  // The flag is unknown, so its value may be private.
  if (kind === "unknown" && text.includes("=")) return `${text.slice(0, text.indexOf("=") + 1)}<…>`;
  return redact(text);
}

/** A refusal as the log may show it: the arguments that it quotes are hidden. */
function loggableRefusal(sentence, { words }) {
  const quoted = words.filter(({ kind, text, at = 0 }) => kind !== "positional" && text.length > at);
  const hidden = quoted.reduce((text, word) => {
    const { at = 0 } = word;
    return text.replaceAll(word.text.slice(at), () => loggable(word).slice(at));
  }, sentence);
  return redact(hidden);
}

function loggableFlags({ flags, words }) {
  const hidden = new Set(words.filter((word) => word.flag?.private).map((word) => word.flag.name));
  const show = (name, value) => {
    if (typeof value !== "string") return value;
    return hidden.has(name) || looksWritten(value) ? summary(value) : redact(value);
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
