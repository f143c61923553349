import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const PACKAGE = "@anthropic-ai/claude-agent-sdk";
const VERSION = "0.3.329";

export type Message = { readonly type: string; readonly [field: string]: unknown };

/** The part of the official SDK that the tests use. */
export interface Sdk {
  query(options: {
    readonly prompt: string;
    readonly options: {
      readonly pathToClaudeCodeExecutable: string;
      readonly env: Readonly<Record<string, string | undefined>>;
      readonly abortController?: AbortController;
      readonly outputFormat?: { readonly type: "json_schema"; readonly schema: object };
      readonly cwd?: string;
    };
  }): AsyncIterable<Message>;
}

/**
 * The official SDK, without the platform's binary that it would bring (380 MB) and the peers that `query()` does not
 * load. That is why it is in the cache folder and no devDependency. Gives the reason when it cannot be had.
 */
export async function loadSdk(): Promise<Sdk | string> {
  const folder = join(
    process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    "hardcall",
    `claude-agent-sdk-${VERSION}`,
  );
  const entry = join(folder, "node_modules", PACKAGE, "sdk.mjs");
  if (!existsSync(entry)) {
    const flags = [
      "--no-save",
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "--omit=optional",
      "--omit=peer",
    ];
    mkdirSync(folder, { recursive: true });
    try {
      await promisify(execFile)("npm", ["install", ...flags, "--prefix", folder, `${PACKAGE}@${VERSION}`], {
        cwd: folder,
        timeout: 50_000,
      });
    } catch (error) {
      return `${PACKAGE}@${VERSION} could not be installed: ${String(error).split("\n")[0]}`;
    }
  }
  return (await import(pathToFileURL(entry).href)) as Sdk;
}
