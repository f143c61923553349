import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import type { CodexSettings } from "./arguments.ts";
import type { CodexOptions } from "./options.ts";

/**
 * The settings that turn off codex's own retries, so that hardcall's are the only ones. They belong to a provider, and codex refuses
 * them for one that is built in ("openai", its default) and for one that it does not know (observed on 0.169.0). So hardcall sets them
 * only for a provider that the configuration defines, and leaves a number that the caller gives.
 */
export async function ownRetries(options: CodexOptions): Promise<CodexSettings> {
  const files = await configuration(options);
  const provider = providerOf(options.config ?? {}, files);
  if (provider === undefined || !isDefined(provider, options.config ?? {}, files)) return {};
  const prefix = `model_providers.${provider}`;
  return { [`${prefix}.request_max_retries`]: 0, [`${prefix}.stream_max_retries`]: 0 };
}

/** The user's configuration; the profile first, for it wins. */
async function configuration({ env, profile }: CodexOptions): Promise<string[]> {
  const variables = { ...process.env, ...env };
  const home = variables["CODEX_HOME"] ?? path.join(variables["HOME"] ?? homedir(), ".codex");
  const names = [...(profile === undefined ? [] : [`${profile}.config.toml`]), "config.toml"];
  return Promise.all(
    // Without the file codex uses its defaults, and so does hardcall; codex itself says why it cannot read one.
    names.map((name) => readFile(path.join(home, name), "utf8").catch(() => "")),
  );
}

function providerOf(config: CodexSettings, files: readonly string[]): string | undefined {
  const given = config["model_provider"];
  if (typeof given === "string") return plain(given);
  for (const file of files) {
    const name = /^\s*model_provider\s*=\s*["']([^"']*)["']/m.exec(topOf(file))?.[1];
    if (name !== undefined) return plain(name);
  }
  return undefined;
}

/** Whether the configuration defines a provider: as a table, by dotted keys, or in the table of all providers. */
function isDefined(provider: string, config: CodexSettings, files: readonly string[]): boolean {
  const name = String.raw`(["']?)${provider}\1`;
  const table = new RegExp(String.raw`^\s*\[\s*model_providers\s*\.\s*${name}\s*[.\]]`, "m");
  const dotted = new RegExp(String.raw`^\s*model_providers\s*\.\s*${name}\s*[.=]`, "m");
  const inAll = new RegExp(String.raw`^\s*${name}\s*[.=]`, "m");
  const prefix = `model_providers.${provider}.`;
  return (
    Object.keys(config).some((key) => key.startsWith(prefix)) ||
    files.some((file) => table.test(file) || dotted.test(topOf(file)) || inAll.test(providersOf(file)))
  );
}

/** What stands before the first table. */
const topOf = (file: string): string => file.split(/^\s*\[/m, 1)[0] ?? "";

/** What stands in the table of all providers. */
const providersOf = (file: string): string => topOf(file.split(/^\s*\[\s*model_providers\s*\]/m)[1] ?? "");

/** A name that needs no quotes in a dotted path. */
const plain = (name: string): string | undefined => (/^[\w-]+$/.test(name) ? name : undefined);
