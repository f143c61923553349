import path from "node:path";
import { isWindows } from "../core/is-windows.ts";
import { isFolder } from "../core/is-folder.ts";
import { elfLoader } from "./start/elf-loader.ts";
import { firstLineOf } from "./start/first-line.ts";
import { noResources, SpawnError } from "./start/spawn-error.ts";

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
  const shortage = noResources(code);
  if (shortage !== undefined) return shortage;
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
  const { existsSync } = process.getBuiltinModule("node:fs");
  if (code === "ENOENT" && !existsSync("/dev/null")) {
    const message = "this system has no /dev/null, which a command without stdin needs (ENOENT)";
    return new SpawnError("other", code, message);
  }
  const { interpreter, isCrlf } = firstLineOf(found);
  if (isCrlf && code === "ENOENT") return new SpawnError("not_executable", code, crlfSentence(name));
  if (interpreter !== undefined && code === "ENOENT") {
    const message = `the interpreter ${JSON.stringify(interpreter)} that the first line of ${name} names was not found`;
    return new SpawnError("not_executable", code, message);
  }
  const loader = code === "ENOENT" ? elfLoader(found) : undefined;
  if (loader !== undefined && !existsSync(loader)) {
    const message = `the command ${name} was built for another system: its loader ${loader} is not here${otherLibrary(loader)}`;
    return new SpawnError("not_executable", code, message);
  }
  return new SpawnError("other", code, `the command ${name} was found but could not be started (${code})`);
}

/** The usual reason: Alpine has musl, and most programs are built for glibc. */
function otherLibrary(loader: string): string {
  if (loader.includes("ld-musl")) return " (it needs musl; take the build for glibc)";
  return loader.includes("ld-linux") ? " (it needs glibc; on Alpine take the build for musl)" : "";
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
  // hardcall reads the first line itself there, and drops the CR.
  if (isWindows) return undefined;
  const found = resolveCommand(file, env["PATH"] ?? "", cwd);
  if (found === undefined || !firstLineOf(found).isCrlf) return undefined;
  return crlfSentence(JSON.stringify(path.basename(file)));
}

function isFile(file: string): boolean {
  try {
    return process.getBuiltinModule("node:fs").statSync(file).isFile();
  } catch {
    // Missing, or in a folder of PATH that this user may not enter: the system skips it too.
    return false;
  }
}

function isExecutable(file: string): boolean {
  const { accessSync, constants } = process.getBuiltinModule("node:fs");
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Any refusal means the same here.
    return false;
  }
}
