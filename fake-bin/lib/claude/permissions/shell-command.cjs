// What a shell command does, as far as its words tell. The genuine CLI reads the whole grammar; the fake knows the
// commands that tests are written with and asks about every other.
"use strict";
const { isAbsolute, relative, resolve } = require("node:path");

const words = (text) => new Set(text.split(" "));
const READERS = words(
  "basename cat cut date diff dirname du echo false file grep head hostname id ls nl pwd rg sort stat tail tr true uname uniq wc which whoami",
);
const GIT_READERS = words("blame diff log show status");
const FILE_COMMANDS = words("cp mkdir mv rm rmdir touch");

/**
 * @returns `{ kind: "reads" }`, `{ kind: "files", verb, path, inside }` for one that creates, changes or removes a file,
 *   or `{ kind: "other" }`
 */
function readShellCommand(command, cwd) {
  // A redirection or a substitution may do anything.
  if (/[>`]|\$\(/.test(command)) return { kind: "other" };
  const parts = command.split(/&&|\|\||[;|\n]/).map((part) => part.trim().split(/\s+/));
  if (parts.every(reads)) return { kind: "reads" };
  const [[verb, ...args]] = parts;
  if (parts.length > 1 || !FILE_COMMANDS.has(verb)) return { kind: "other" };
  const path = resolve(cwd, args.findLast((arg) => !arg.startsWith("-"))?.replaceAll(/["']/g, "") ?? "");
  return { kind: "files", verb, path, inside: isInside(path, cwd) };
}

const reads = ([verb, next]) => READERS.has(verb) || (verb === "git" && GIT_READERS.has(next));

/** Whether a path lies in a folder, or is it. */
function isInside(path, folder) {
  const way = relative(folder, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}

module.exports = { isInside, readShellCommand };
