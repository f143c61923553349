import type { FingerprintParts } from "../../ledger/key/fingerprint.ts";
import type { GeminiOptions } from "./options.ts";

/** The arguments of a run. The prompt goes over stdin. */
export function geminiArguments(
  options: GeminiOptions,
  { resume }: { readonly resume?: string | undefined },
): string[] {
  const args: string[] = [];
  // Their values are lists for the CLI, which take what follows up to the next flag: so they come first.
  for (const [flag, values] of [
    ["--allowed-tools", options.allowedTools],
    ["--include-directories", options.includeDirectories],
    ["--extensions", options.extensions],
  ] as const) {
    for (const value of values ?? []) args.push(flag, value);
  }
  if (options.model !== undefined) args.push("--model", options.model);
  if (options.approvalMode !== undefined) args.push("--approval-mode", options.approvalMode);
  if (options.sandbox !== undefined) args.push(options.sandbox ? "--sandbox" : "--no-sandbox");
  if (resume !== undefined) args.push("--resume", resume);
  args.push("--output-format", "stream-json");
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
