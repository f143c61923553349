import { readFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import type { Machine } from "./figures.ts";

const COMPARED = ["execa", "tinyexec", "nano-spawn", "zx", "zod", "pg", "pg-boss"];

export function thisMachine(): Machine {
  const cpus = os.cpus();
  // Without the name of a build: two of one version of the kernel are alike.
  const kernel = /^[\d.]+/.exec(os.release())?.[0] ?? os.release();
  return {
    system: `${os.type()} ${kernel} ${os.arch()}`,
    processor: `${cpus.length} × ${cpus[0]?.model.trim() ?? "unknown processor"}`,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    node: process.versions.node,
  };
}

/** The versions of what the parts compare. */
export const packages = (): Record<string, string> =>
  Object.fromEntries(["hardcall", ...COMPARED].map((name) => [name, versionOf(name)]));

function versionOf(name: string): string {
  const file = name === "hardcall" ? "../../package.json" : `../../node_modules/${name}/package.json`;
  const manifest = readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
