import { accessSync, constants } from "node:fs";
import path from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The browser of this machine: at `CHROMIUM_PATH`, else on `PATH`. Undefined: tests of pages are skipped. */
export const chromium = process.env["CHROMIUM_PATH"] ? required(process.env["CHROMIUM_PATH"]) : onPath();

/** Why, for the names of those tests. */
export const withoutChromium =
  chromium === undefined ? " (skipped: there is no Chromium on PATH, and no CHROMIUM_PATH)" : "";

/** A machine that is meant to have one must not skip. */
function required(file: string): string {
  if (isExecutable(file)) return file;
  throw new Error(`CHROMIUM_PATH is ${file}, which is not executable`);
}

function onPath(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
