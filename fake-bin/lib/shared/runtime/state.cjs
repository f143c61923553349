// The folder FAKE_<CLI>_STATE_DIR: what invocations share. To claim a step, a process creates a file that must not exist yet: the
// file system lets exactly one process do that.
"use strict";
const { misused, setting, variable } = require("./program.cjs");
const {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} = require("node:fs");
const { dirname, join } = require("node:path");

function folder() {
  const dir = setting("STATE_DIR");
  if (dir) {
    try {
      makeFolder(dir);
    } catch (error) {
      throw misused(`${variable("STATE_DIR")} cannot be used: ${error.message}`);
    }
  }
  return dir;
}

/** Creates level by level. Node's `recursive: true` never returns below /proc, where mkdir fails with ENOENT. */
function makeFolder(dir) {
  if (isFolder(dir)) return;
  if (dirname(dir) !== dir) makeFolder(dirname(dir));
  try {
    mkdirSync(dir);
  } catch (error) {
    if (error.code !== "EEXIST" || !isFolder(dir)) throw error;
  }
}

function isFolder(dir) {
  const stats = statSync(dir, { throwIfNoEntry: false });
  return stats !== undefined && stats.isDirectory();
}

/** Claims a file name for this process; false when another process has it. */
function claim(name) {
  try {
    closeSync(openSync(join(folder(), name), "wx", 0o600));
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw misused(`${variable("STATE_DIR")} cannot be used: ${error.message}`);
  }
}

/** The number of this claim of the kind, from 0, among all that share the state folder; undefined without one. */
function claimStep(kind = "step") {
  const dir = folder();
  if (!dir) return undefined;
  // Steps are claimed in order, so the number of files is the first step that may be free.
  let step = readdirSync(dir).filter((name) => name.startsWith(`${kind}-`)).length;
  while (!claim(`${kind}-${step}`)) step++;
  return step;
}

/** Whether this conversation may be resumed. */
function sessionKnown(id) {
  const listed = (setting("SESSIONS") ?? "").split(/[\s,]+/);
  if (listed.includes(id)) return true;
  const dir = folder();
  return Boolean(dir) && /^[\w-]+$/.test(id) && existsSync(join(dir, `session-${id}`));
}

/** Whether there is any conversation that may be resumed. */
function anySession() {
  if (setting("SESSIONS")) return true;
  const dir = folder();
  return Boolean(dir) && readdirSync(dir).some((name) => name.startsWith("session-"));
}

/** Remembers a conversation, so that a later invocation can resume it; `note` is what that invocation needs to know of it. */
function rememberSession(id, note = "") {
  const dir = folder();
  if (dir && /^[\w-]+$/.test(id)) writeFileSync(join(dir, `session-${id}`), note);
}

/** What `rememberSession` noted about a conversation; empty when it is not known from there. */
function sessionNote(id) {
  const dir = folder();
  const file = dir && /^[\w-]+$/.test(id) ? join(dir, `session-${id}`) : undefined;
  return file !== undefined && existsSync(file) ? readFileSync(file, "utf8") : "";
}

module.exports = { anySession, claim, claimStep, rememberSession, sessionKnown, sessionNote };
