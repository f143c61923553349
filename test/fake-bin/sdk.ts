import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cachedPackageOrReason } from "./cached-package.ts";

const PACKAGE = "@anthropic-ai/claude-agent-sdk";
const VERSION = "0.3.329";

export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

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
  const flags = ["--ignore-scripts", "--omit=optional", "--omit=peer"];
  const found = await cachedPackageOrReason(PACKAGE, VERSION, flags);
  if ("reason" in found) return found.reason;
  return (await import(pathToFileURL(join(found.folder, PACKAGE, "sdk.mjs")).href)) as Sdk;
}
