import { show } from "../core/options.ts";
import type { ContractOptions } from "./contract-options.ts";

/**
 * Whether the journal has a row for each call of a definition. The definition decides; if it says nothing, a resource or
 * `HARDCALL_JOURNAL=1` turns the journal on.
 *
 * @param problems gets a sentence that names the variable, if it is neither
 */
export function isJournalled(
  { journal, resource }: Pick<ContractOptions, "journal" | "resource">,
  env: NodeJS.ProcessEnv,
  problems: string[],
): boolean {
  const variable = env["HARDCALL_JOURNAL"] ?? "";
  if (!["", "0", "1"].includes(variable)) {
    problems.push(
      `The environment variable HARDCALL_JOURNAL is ${show(variable)}; give 1, for a row in the journal for each call, or 0`,
    );
  }
  return typeof journal === "boolean" ? journal : variable === "1" || resource !== undefined;
}
