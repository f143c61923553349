import { lstatSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { errnoOf } from "../database/errors.ts";
import { makeFolder } from "../database/sqlite/make-folder.ts";
import { packageRoot } from "../core/package-root.ts";
import { SHARED_FILES, type Example } from "./interface/example-list.ts";
import { UsageError } from "./interface/usage-error.ts";

/** What running an example leaves behind in a clone of the repository. */
const NOT_PART: ReadonlySet<string> = new Set(["node_modules", "__pycache__"]);
const MOST_NAMED = 3;

/**
 * Copies all files of an example, or none.
 *
 * @param folder is made when it is missing
 * @returns the copied files
 * @throws UsageError when one of the files exists
 * @throws the system's error when a file cannot be written; files that were copied before it are removed again
 */
export function copyExample(example: Example, folder: string): readonly string[] {
  const root = path.join(packageRoot(), "examples");
  const files = (example.files ?? filesOf(root, example.name)).filter(
    (file) => !isThereAlready(path.join(root, file), path.join(folder, file)),
  );
  const targets = files.map((file) => path.join(folder, file));
  const taken = targets.filter((target) => lstatSync(target, { throwIfNoEntry: false }) !== undefined);
  if (taken.length > 0) throw new UsageError(alreadyThere(taken));
  const written: string[] = [];
  try {
    for (const [index, file] of files.entries()) {
      const target = targets[index] as string;
      makeFolder(path.dirname(path.resolve(target)));
      copyFile(path.join(root, file), target);
      written.push(target);
    }
  } catch (error) {
    for (const target of written) rmSync(target, { force: true });
    throw error;
  }
  return targets;
}

/** Whether another example has brought the same file. */
function isThereAlready(from: string, target: string): boolean {
  if (!SHARED_FILES.has(path.basename(from))) return false;
  const isFile = statSync(target, { throwIfNoEntry: false })?.isFile() === true;
  return isFile && readFileSync(target).equals(readFileSync(from));
}

function filesOf(root: string, entry: string): string[] {
  if (!statSync(path.join(root, entry)).isDirectory()) return [entry];
  return readdirSync(path.join(root, entry))
    .toSorted()
    .filter((name) => !NOT_PART.has(name))
    .flatMap((name) => filesOf(root, path.join(entry, name)));
}

/** Not `copyFileSync`: it would hand on the mode, and package managers store files read-only or drop the executable bit. */
function copyFile(from: string, to: string): void {
  const bytes = readFileSync(from);
  const isProgram = bytes.subarray(0, 2).toString("latin1") === "#!";
  try {
    // `wx` refuses a file that has appeared since copyExample looked.
    writeFileSync(to, bytes, { flag: "wx", mode: isProgram ? 0o777 : 0o666 });
  } catch (error) {
    // A full disk leaves a part of the file. A file that has appeared is not ours to remove.
    if (errnoOf(error) !== "EEXIST") rmSync(to, { force: true });
    throw error;
  }
}

function alreadyThere(files: readonly string[]): string {
  const named = files.slice(0, MOST_NAMED).join(", ");
  const more = files.length > MOST_NAMED ? ` and ${files.length - MOST_NAMED} more` : "";
  const verb = files.length === 1 ? "exists" : "exist";
  return `${named}${more} ${verb} already, so nothing was copied; name another folder, or move what is there`;
}
