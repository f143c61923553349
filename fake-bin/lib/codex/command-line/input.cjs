// The prompt, and what the real CLI checks after it has it and before it asks the model.
"use strict";
const { closeSync, existsSync, openSync, readFileSync } = require("node:fs");
const { dirname, join, resolve } = require("node:path");
const { forever } = require("../../shared/runtime/invocation.cjs");
const { Refusal } = require("../../shared/runtime/program.cjs");
const { readStdin, stdinKind, write } = require("../../shared/stdio.cjs");

const WORDS = { ENOENT: "No such file or directory (os error 2)", EISDIR: "Is a directory (os error 21)" };
const inWords = (error) => WORDS[error.code] ?? error.message;

/** The prompt and the bytes of stdin. It waits for the end of stdin without limit, as the real CLI does. */
async function readPrompt({ command, flags, positionals }, { waitsForStdin }) {
  // After `resume --last` a single word is the prompt.
  const afterId = (command === "resume" && !(flags.last && positionals.length === 1)) || command === "fork";
  const argument = positionals[afterId ? 1 : 0];
  if (argument !== undefined && argument !== "-" && command !== "exec") {
    return { prompt: argument, stdin: Buffer.alloc(0) };
  }
  const additional = argument !== undefined && argument !== "-";
  if (argument !== "-" && stdinKind() !== "terminal") {
    await write(
      2,
      additional ? "Reading additional input from stdin...\n" : "Reading prompt from stdin...\n",
    );
  }
  if (waitsForStdin) return forever();
  const { bytes } = await readStdin({ waitForTerminal: !additional });
  const text = bytes.toString();
  checkUtf8(bytes, text);
  if (additional) {
    const prompt = text.trim() === "" ? argument : `${argument}\n\n<stdin>\n${text}\n</stdin>`;
    return { prompt, stdin: bytes };
  }
  if (text.trim() === "") throw new Refusal("No prompt provided via stdin.");
  return { prompt: text, stdin: bytes };
}

function checkUtf8(bytes, text) {
  if (Buffer.from(text).equals(bytes)) return;
  const again = Buffer.from(text);
  let at = 0;
  while (again[at] === bytes[at]) at++;
  throw new Refusal(
    `Failed to read prompt from stdin: input is not valid UTF-8 (invalid byte at offset ${at}). Convert it to UTF-8 and retry ` +
      "(e.g., `iconv -f <ENC> -t UTF-8 prompt.txt`).",
  );
}

/** The working folder. */
function workingFolder({ cd }) {
  const folder = resolve(cd ?? ".");
  if (!existsSync(folder)) throw new Refusal(`Error: ${WORDS.ENOENT}`);
  return folder;
}

/** Throws the refusal of a folder outside of a Git repository. */
function checkTrust(flags, folder) {
  if (flags["skip-git-repo-check"] || flags["dangerously-bypass-approvals-and-sandbox"]) return;
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return;
    if (dirname(at) === at) break;
  }
  throw new Refusal("Not inside a trusted directory and --skip-git-repo-check was not specified.");
}

/** The schema of the answer, as text, or undefined. */
function readSchema({ "output-schema": file }) {
  if (file === undefined) return undefined;
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Refusal(`Failed to read output schema file ${file}: ${inWords(error)}`);
  }
  try {
    JSON.parse(text);
  } catch {
    throw new Refusal(`Output schema file ${file} is not valid JSON: ${jsonProblem(text)}`);
  }
  return text;
}

/** The words of the real parser for the two usual mistakes. */
const jsonProblem = (text) =>
  text.trim() === ""
    ? "EOF while parsing a value at line 1 column 0"
    : `key must be a string at line 1 column ${Math.min(2, text.length)}`;

/** Creates the file for the last message, and leaves one that is there as it is. Throws the refusal of one that cannot be written. */
function openOutputFile({ "output-last-message": file }) {
  if (file === undefined) return;
  try {
    closeSync(openSync(file, "a"));
  } catch (error) {
    throw new Refusal(`Error: Failed to open last message file "${file}": ${inWords(error)}`);
  }
}

module.exports = { checkTrust, openOutputFile, readPrompt, readSchema, workingFolder };
