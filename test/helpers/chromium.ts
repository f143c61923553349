import { accessSync, constants } from "node:fs";
import path from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The browser on this machine, if there is one: at `CHROMIUM_PATH`, else on `PATH`. */
export const chromium = [
  process.env["CHROMIUM_PATH"] ?? "",
  ...(process.env["PATH"] ?? "")
    .split(path.delimiter)
    .flatMap((folder) => NAMES.map((name) => path.join(folder, name))),
].find((file) => {
  try {
    accessSync(file, constants.X_OK);
    return path.isAbsolute(file);
  } catch {
    return false;
  }
});

/** Why tests of pages are skipped here, for their names. */
export const withoutChromium =
  chromium === undefined ? " (skipped: there is no Chromium at CHROMIUM_PATH or on PATH)" : "";
