import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Where the package is, from its source as from its build. */
export const packageRoot = (): string =>
  path.dirname(fileURLToPath(import.meta.resolve("hardcall/package.json")));

export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(path.join(packageRoot(), "package.json"), "utf8")) as {
    version: string;
  };
  return manifest.version;
}
