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
      readonly canUseTool?: CanUseTool;
      readonly hooks?: Readonly<
        Record<string, readonly { readonly matcher?: string; readonly hooks: readonly Hook[] }[]>
      >;
      readonly mcpServers?: Readonly<Record<string, object>>;
      readonly allowedTools?: readonly string[];
      readonly settingSources?: readonly string[];
    };
  }): AsyncIterable<Message> & { interrupt(): Promise<unknown> };
  createSdkMcpServer(options: {
    readonly name: string;
    readonly version: string;
    readonly tools: readonly object[];
  }): object;
  tool(name: string, description: string, schema: object, run: (input: Input) => Promise<object>): object;
}

export type Input = Readonly<Record<string, unknown>>;
export type CanUseTool = (
  name: string,
  input: Input,
  more: { readonly signal: AbortSignal },
) => Promise<object>;
export type Hook = (input: Input) => Promise<object>;

/**
 * The official SDK, without the platform's binary that it would bring (380 MB) and the peers that `query()` does not
 * load. That is why it is in the cache folder and no devDependency. Gives the reason when it cannot be had.
 */
export async function loadSdk(): Promise<Sdk | string> {
  const flags = ["--ignore-scripts", "--omit=optional", "--omit=peer"];
  const found = await cachedPackageOrReason(PACKAGE, VERSION, flags);
  return "reason" in found ? found.reason : importSdk(found.folder);
}

/** The SDK of a `node_modules`. */
export async function importSdk(folder: string): Promise<Sdk> {
  return (await import(pathToFileURL(join(folder, PACKAGE, "sdk.mjs")).href)) as Sdk;
}
