import { codex } from "../callees/codex/codex.ts";
import { askAgent } from "./agent.ts";
import { processOptionsOf } from "./call-options.ts";
import { CODEX } from "./interface/codex.ts";
import { parse } from "./interface/parse.ts";
import { UsageError } from "./interface/usage-error.ts";

/** `hardcall codex --timeout D [options] [prompt]`, or the prompt on stdin. */
export const main = (argv: string[]): Promise<number> =>
  askAgent({
    kind: "codex",
    parsed: parse(CODEX, argv),
    calleeOf: (flags, { onStderr, onEvent }) =>
      codex({
        ...processOptionsOf(flags),
        model: flags.model,
        reasoningEffort: flags["reasoning-effort"],
        profile: flags.profile,
        config: configOf(flags.config),
        sandbox: flags.sandbox,
        addDirs: flags["add-dir"],
        images: flags.image,
        permissionDenials: flags["permission-denials"],
        resume: flags.resume,
        marker: flags.marker,
        codexPath: flags["codex-bin"],
        onStderr,
        onEvent,
      }),
  });

type Setting = string | number | boolean;

/** `tools.web_search=true`. Of a key that is given twice, the last value counts, as with codex's own `-c`. */
function configOf(given: readonly string[]): Record<string, Setting> | undefined {
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.map((setting): [string, Setting] => {
      const end = setting.indexOf("=");
      // Neither is shown: a setting may be a secret.
      if (end < 1) throw new UsageError("--config takes KEY=VALUE, such as tools.web_search=true");
      return [setting.slice(0, end).trim(), valueOf(setting.slice(end + 1).trim())];
    }),
  );
}

/**
 * A JSON value or a TOML text in single quotes; anything else is a text as it stands.
 *
 * @throws UsageError for a list or a table, which would reach codex as a text
 */
function valueOf(given: string): Setting {
  const value = jsonOf(given);
  if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value))
    return value as Setting;
  if (/^[[{]/.test(given))
    throw new UsageError("--config takes one value; set a list or a table in codex's config.toml");
  return /^'([^']*)'$/.exec(given)?.[1] ?? given;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // A text without quotes, which is the usual way to give one.
    return undefined;
  }
}
