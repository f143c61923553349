import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import path from "node:path";
import { isFolder } from "../core/is-folder.ts";

/** Why a process could not be started. */
export type SpawnFailureKind = "not_found" | "not_executable" | "no_resources" | "too_large" | "other";

/** A start that failed. Unlike Node's own error it holds no arguments, so it may be logged. */
export class SpawnError extends Error {
  readonly kind: SpawnFailureKind;
  readonly code: string;

  constructor(kind: SpawnFailureKind, code: string, message: string) {
    super(message);
    this.name = "SpawnError";
    this.kind = kind;
    this.code = code;
  }
}

const NO_RESOURCES: ReadonlySet<string> = new Set(["EAGAIN", "EMFILE", "ENFILE", "ENOMEM"]);

/**
 * Tells apart what Node reports alike: `spawn … ENOENT` may mean the command, its folder, or the interpreter that the
 * script's first line names.
 */
export function explainSpawnFailure(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  error: unknown,
): SpawnError {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "UNKNOWN";
  const name = JSON.stringify(path.basename(file));
  if (NO_RESOURCES.has(code)) {
    return new SpawnError(
      "no_resources",
      code,
      `the system has no process, memory or descriptor left (${code})`,
    );
  }
  if (code === "E2BIG") {
    return new SpawnError("too_large", code, "its arguments and environment are too large together (E2BIG)");
  }
  if (code !== "ENOENT" && code !== "EACCES")
    return new SpawnError("other", code, `the system answered ${code}`);
  if (!isFolder(cwd)) return new SpawnError("other", code, "its working folder does not exist");
  const found = resolveCommand(file, env["PATH"] ?? "", cwd);
  if (found === undefined && file.includes("/") && isFolder(path.resolve(cwd, file)))
    return new SpawnError("not_executable", code, `the command ${name} is a folder (${code})`);
  if (found === undefined) {
    const where = file.includes("/") ? "" : " on PATH";
    return new SpawnError("not_found", code, `the command ${name} was not found${where} (${code})`);
  }
  if (!isExecutable(found)) {
    return new SpawnError(
      "not_executable",
      code,
      `the command ${name} was found but is not executable (${code})`,
    );
  }
  const { interpreter, isCrlf } = firstLineOf(found);
  if (isCrlf && code === "ENOENT") return new SpawnError("not_executable", code, crlfSentence(name));
  if (interpreter !== undefined && code === "ENOENT") {
    const message = `the interpreter ${JSON.stringify(interpreter)} that the first line of ${name} names was not found`;
    return new SpawnError("not_executable", code, message);
  }
  return new SpawnError("other", code, `the command ${name} was found but could not be started (${code})`);
}

function resolveCommand(file: string, searchPath: string, cwd: string): string | undefined {
  const folders = file.includes("/") ? [""] : searchPath.split(path.delimiter);
  const there = folders
    .map((folder) => path.resolve(cwd, folder, file))
    .filter((candidate) => isFile(candidate));
  // The system goes on to the next folder when a file is not executable.
  return there.find((candidate) => isExecutable(candidate)) ?? there[0];
}

const crlfSentence = (name: string) =>
  `the first line of ${name} ends with CRLF, and the CR counts as part of it: save it with LF line ends`;

/**
 * What a command's failure may come from although it was started: `#!/usr/bin/env bash` with CRLF starts `env`, which looks for
 * a `bash\r`, and `#!/bin/sh -e` hands the CR on as an option.
 */
export function crlfHint(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string | undefined {
  const found = resolveCommand(file, env["PATH"] ?? "", cwd);
  if (found === undefined || !firstLineOf(found).isCrlf) return undefined;
  return crlfSentence(JSON.stringify(path.basename(file)));
}

/** What the first line of a script names, and whether it ends as on Windows. */
function firstLineOf(file: string): { readonly interpreter?: string | undefined; readonly isCrlf: boolean } {
  const head = Buffer.alloc(256);
  try {
    const fd = openSync(file, "r");
    try {
      const size = readSync(fd, head, 0, head.length, 0);
      const [, interpreter, rest = ""] =
        /^#![ \t]*(\S+)([^\n]*)/.exec(head.toString("latin1", 0, size)) ?? [];
      return { interpreter, isCrlf: rest.endsWith("\r") };
    } finally {
      closeSync(fd);
    }
  } catch {
    // Not readable for us: then nothing more can be said of it.
    return { isCrlf: false };
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    // Missing, or in a folder of PATH that this user may not enter: the system skips it too.
    return false;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Any refusal means the same here.
    return false;
  }
}
