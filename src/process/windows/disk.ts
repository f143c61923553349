import { lstatSync, readFileSync, statSync } from "node:fs";
import { isFolder } from "../../core/is-folder.ts";
import { firstLineOf } from "../start/first-line.ts";
import type { Disk } from "./start-plan.ts";

/** The disk itself. */
export const DISK: Disk = { isFile, isFolder, firstLine: firstLineOf, batchText };

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== "ENOENT" && code !== "ENOTDIR" && isAlias(file);
  }
}

/** Bytes. Those that npm writes have less than 1 KiB. */
const LARGEST_READ = 16_384;

function batchText(file: string): string {
  try {
    return statSync(file).size > LARGEST_READ ? "" : readFileSync(file, "utf8");
  } catch {
    // cmd.exe will say why.
    return "";
  }
}

/** A program of the Microsoft Store is an alias in the folder WindowsApps: CreateProcess can start it, and nothing can open it. */
function isAlias(file: string): boolean {
  try {
    return !lstatSync(file).isDirectory();
  } catch {
    // In a folder that this user may not enter.
    return false;
  }
}
