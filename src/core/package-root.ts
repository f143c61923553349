import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** Where the package is, from its source as from its build. */
export const packageRoot = (): string =>
  path.dirname(createRequire(import.meta.url).resolve("hardcall/package.json"));

export function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(path.join(packageRoot(), "package.json"), "utf8")) as {
    version: string;
  };
  return manifest.version;
}
