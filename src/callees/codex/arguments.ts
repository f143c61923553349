import type { FingerprintParts } from "../../ledger/key/fingerprint.ts";
import type { CodexOptions } from "./options.ts";

/** What a run adds to the arguments of its definition. */
export interface CodexRunArguments {
  /** The id of a thread to continue. */
  readonly resume?: string | undefined;
  readonly schemaFile?: string | undefined;
  /** CodexSettings of hardcall's own. */
  readonly settings?: CodexSettings | undefined;
}

export type CodexSettings = Readonly<Record<string, string | number | boolean>>;

/** The arguments of a run. The prompt goes over stdin. */
export function codexArguments(
  options: CodexOptions,
  { resume, schemaFile, settings }: CodexRunArguments,
): string[] {
  const args = ["exec"];
  const add = (flag: string, value: string | undefined) => {
    if (value !== undefined) args.push(flag, value);
  };
  // The caller's settings come last: codex takes the last value of a key.
  const all = { ...reasoning(options), ...options.config };
  for (const [key, value] of [...Object.entries(settings ?? {}), ...Object.entries(all)])
    add("-c", `${key}=${toml(value)}`);
  add("--model", options.model);
  add("--sandbox", options.sandbox);
  add("--profile", options.profile);
  for (const folder of options.addDirs ?? []) add("--add-dir", folder);
  for (const image of options.images ?? []) add("--image", image);
  args.push(...(options.extraArgs ?? []));
  add("--output-schema", schemaFile);
  // A flag of ours must follow: --image takes every word up to the next flag. Jobs run in any folder, and what may be written there is
  // the sandbox's to decide.
  args.push("--skip-git-repo-check", "--json");
  if (resume !== undefined) args.push("resume", resume);
  return [...args, "-"];
}

const reasoning = ({ reasoningEffort }: CodexOptions): CodexSettings =>
  reasoningEffort === undefined ? {} : { model_reasoning_effort: reasoningEffort };

/** A value as TOML. A basic string of TOML has JSON's escapes; it has DEL escaped, too. */
const toml = (value: string | number | boolean): string =>
  JSON.stringify(value).replaceAll("\u007f", String.raw`\u007f`);

/** The options that change the answer, as parts of the fingerprint. */
export function codexAnswerParts(
  options: CodexOptions,
  { resume, schema }: { readonly resume: string | undefined; readonly schema: string | undefined },
): FingerprintParts {
  return {
    model: options.model,
    sandbox: options.sandbox,
    "reasoning effort": options.reasoningEffort,
    profile: options.profile,
    configuration: options.config,
    "added folders": options.addDirs,
    images: options.images,
    session: resume,
    schema,
    arguments: options.extraArgs,
  };
}
