// FAKE_<CLI>_RECORD: runs the real CLI once, passes everything through, and writes a scenario of what it printed
// and when. Keys and tokens are redacted from the scenario, not from what is passed on.
"use strict";
const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const { realpathSync, writeFileSync } = require("node:fs");
const { misused, program, setting, variable } = require("../runtime/program.cjs");
const { write } = require("../stdio.cjs");
const { redact } = require("../log/redact.cjs");

/** Runs FAKE_<CLI>_REAL with our arguments and stdin, records it, and ends as it ended. */
async function record(argv) {
  const [file, real] = [setting("RECORD"), setting("REAL")];
  if (!real) {
    throw misused(`${variable("RECORD")} needs ${variable("REAL")}, the path of the real ${program.name}.`);
  }
  // Node starts these only through cmd.exe, which changes the arguments.
  if (process.platform === "win32" && /\.(cmd|bat)$/i.test(real)) {
    throw misused(`${variable("REAL")} is a batch file. Name the ${program.name}.exe that it starts.`);
  }
  refuseOurselves(real);
  // ast-grep-ignore: js-subprocess-timeout, reason: what is recorded is the real CLI, and must not be cut short
  const child = spawn(real, argv, { stdio: ["inherit", "pipe", "pipe"] });
  const passOn = (signal) => child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, passOn);

  const tape = startTape();
  const listen = async (stream, fd, name) => {
    for await (const chunk of stream) {
      tape.add(name, chunk);
      await write(fd, chunk);
    }
  };
  const ended = new Promise((resolve, reject) => {
    child.on("error", (error) => reject(misused(`${variable("REAL")} cannot be run: ${error.message}`)));
    child.on("close", (exitCode, signal) => resolve({ exitCode, signal }));
  });
  const [{ exitCode, signal }] = await Promise.all([
    ended,
    listen(child.stdout, 1, "stdout"),
    listen(child.stderr, 2, "stderr"),
  ]);
  writeScenario(file, { chunks: tape.chunks(), exitCode, signal });
  process.exit(exitCode ?? 128 + constants.signals[signal]);
}

/** The fake as its own real CLI would start itself for ever. */
function refuseOurselves(real) {
  let path;
  try {
    path = realpathSync(real);
  } catch (error) {
    throw misused(`${variable("REAL")} cannot be run: ${error.message}`);
  }
  if (path === realpathSync(process.argv[1]))
    throw misused(`${variable("REAL")} is this fake, not the real ${program.name}.`);
}

/**
 * Collects output line by line, since a key cut in two by a chunk's end would not be recognised. What a stream prints
 * after its last newline is kept as its last chunk.
 */
function startTape() {
  const chunks = [];
  const tails = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  let last = Date.now();
  const keep = (name, bytes) => {
    if (bytes.length === 0) return;
    const now = Date.now();
    chunks.push({ delayMs: now - last, ...content(name, bytes) });
    last = now;
  };
  return {
    add(name, bytes) {
      const all = Buffer.concat([tails[name], bytes]);
      const end = all.lastIndexOf(0x0a) + 1;
      keep(name, all.subarray(0, end));
      tails[name] = all.subarray(end);
    },
    chunks() {
      for (const name of Object.keys(tails)) keep(name, tails[name]);
      return chunks;
    },
  };
}

function content(name, bytes) {
  const text = bytes.toString();
  if (name === "stdout" && !Buffer.from(text).equals(bytes)) {
    // One character per byte: bytes that are no text stay as they are.
    const clean = redact(bytes.toString("latin1"));
    return { stdoutBase64: Buffer.from(clean, "latin1").toString("base64") };
  }
  return { [name]: redact(text) };
}

function writeScenario(file, { chunks, exitCode, signal }) {
  const reply = { chunks, ...(signal ? { signal } : { exitCode }) };
  const scenario = { recorded: { at: new Date().toISOString() }, replies: [reply] };
  try {
    writeFileSync(file, `${JSON.stringify(scenario, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw misused(`${variable("RECORD")} cannot be written: ${error.message}`);
  }
}

module.exports = { record };
