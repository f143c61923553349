import path from "node:path";
import { cachedPackageOrReason } from "../fake-bin/cached-package.ts";

export type RuntimeName = "Bun" | "Deno" | "Node.js";

/** A JavaScript runtime in one version, as its users start a program with it. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly version: string;
  /** The executable. */
  readonly file: string;
  /** What stands between the executable and the program's file. */
  readonly args: readonly string[];
}

/** The versions that are tried: all programs with the newest. */
export const NEWEST = { Bun: "1.4.5", Deno: "2.9.6" } as const;

/** The oldest that hardcall runs on (src/core/node-version.ts), which run what depends most on the runtime; and the last that it refuses. */
export const OLDEST = { Bun: "1.4.0", Deno: "2.9.0" } as const;
export const REFUSED = { Bun: "1.3.14", Deno: "2.8.3" } as const;

const PLATFORM = `${process.platform}-${process.arch}`;

/** Where npm has each runtime, and how it is started. Deno asks for every right that it was not given. */
const PACKAGES: Readonly<
  Record<RuntimeName, { readonly name: string; readonly file: string; readonly args: readonly string[] }>
> = {
  Bun: { name: `@oven/bun-${PLATFORM}`, file: "bin/bun", args: [] },
  Deno: {
    name: `@deno/${PLATFORM}${process.platform === "linux" ? "-glibc" : ""}`,
    file: "deno",
    args: ["run", "--allow-all"],
  },
  "Node.js": { name: `node-${PLATFORM}`, file: "bin/node", args: [] },
};

/** A runtime from npm, kept in the cache; the reason in a sentence when it cannot be had. */
export async function runtimeOrReason(
  name: RuntimeName,
  version: string,
): Promise<Runtime | { readonly reason: string }> {
  const from = PACKAGES[name];
  const found = await cachedPackageOrReason(from.name, version, ["--ignore-scripts"]);
  if ("reason" in found) return found;
  return { name, version, file: path.join(found.folder, from.name, from.file), args: from.args };
}
