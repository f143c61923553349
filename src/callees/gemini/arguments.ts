import type { FingerprintParts } from "../../ledger/key/fingerprint.ts";
import type { GeminiOptions } from "./options.ts";

/** The arguments of a run. The prompt goes over stdin. */
export function geminiArguments(
  options: GeminiOptions,
  { resume }: { readonly resume?: string | undefined },
): string[] {
  const args = ["--output-format", "stream-json"];
  if (options.model !== undefined) args.push("--model", options.model);
  if (resume !== undefined) args.push("--resume", resume);
  return [...args, ...(options.extraArgs ?? [])];
}

/** The options that change the answer, as parts of the fingerprint. */
export function geminiAnswerParts(
  options: GeminiOptions,
  { resume, schema }: { readonly resume: string | undefined; readonly schema: string | undefined },
): FingerprintParts {
  return {
    model: options.model,
    "approval mode": options.approvalMode,
    "allowed tools": options.allowedTools,
    "included folders": options.includeDirectories,
    extensions: options.extensions,
    sandbox: options.sandbox,
    session: resume,
    schema,
    arguments: options.extraArgs,
  };
}
