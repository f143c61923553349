import type { FingerprintParts } from "../../ledger/key/fingerprint.ts";
import type { CodexOptions } from "./options.ts";

/** The arguments of a run. The prompt goes over stdin. */
export function codexArguments(
  options: CodexOptions,
  { resume }: { readonly resume?: string | undefined; readonly schemaFile?: string | undefined },
): string[] {
  const args = ["exec", "--json", "--skip-git-repo-check"];
  if (options.model !== undefined) args.push("--model", options.model);
  args.push(...(options.extraArgs ?? []));
  if (resume !== undefined) args.push("resume", resume);
  return [...args, "-"];
}

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
