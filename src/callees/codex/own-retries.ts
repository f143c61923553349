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
    // CodexSettings without a table stand before the first table.
    const [top = ""] = file.split(/^\s*\[/m, 1);
    const name = /^\s*model_provider\s*=\s*["']([^"']*)["']/m.exec(top)?.[1];
    if (name !== undefined) return plain(name);
  }
  return undefined;
}

function isDefined(provider: string, config: CodexSettings, files: readonly string[]): boolean {
  const inFile = new RegExp(`^\\s*\\[\\s*model_providers\\.(["']?)${provider}\\1\\s*\\]`, "m");
  const prefix = `model_providers.${provider}.`;
  return files.some((file) => inFile.test(file)) || Object.keys(config).some((key) => key.startsWith(prefix));
}

/** A name that needs no quotes in a dotted path. */
const plain = (name: string): string | undefined => (/^[\w-]+$/.test(name) ? name : undefined);
