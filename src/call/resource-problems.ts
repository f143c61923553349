import type { Callee } from "../core/callee.ts";
import { isAgent } from "../core/callee-kind.ts";
import { isObject, show } from "../core/options.ts";
import type { Resource } from "../resources/options.ts";

/** What the checks of a resource read of a definition. */
interface WithResource {
  readonly resource?: unknown;
  readonly onBusy?: unknown;
  readonly callee: unknown;
}

/** What is wrong with the resource of a definition, a sentence without full stop each. */
export function resourceProblems({ resource, onBusy, callee }: WithResource): string[] {
  const problems: string[] = [];
  if (onBusy !== undefined && onBusy !== "wait" && onBusy !== "fail")
    problems.push('onBusy must be "wait" or "fail"');
  if (resource === undefined) {
    if (onBusy !== undefined) problems.push("onBusy is allowed only with a resource");
    return problems;
  }
  if (!isResource(resource)) {
    problems.push(`resource is ${show(resource)}; give what defineResource() returned`);
    return problems;
  }
  return [...problems, ...costProblems(resource, callee as Partial<Callee<never, unknown>>)];
}

const isResource = (given: unknown): given is Resource =>
  isObject(given) && typeof given["name"] === "string" && isObject(given["limits"]);

/** A budget whose costs no one tells would never be used up. */
function costProblems(
  { name, limits, cost, usdPerTiB }: Resource,
  callee: Partial<Callee<never, unknown>> | undefined,
): string[] {
  if (limits.budget === undefined || cost !== undefined || callee?.reportsCost === true) return [];
  if (callee?.kind === "job") {
    if (usdPerTiB !== undefined) return [];
    return [
      `the resource "${name}" has a budget in USD, and a job reports only the bytes it is billed for; ` +
        "give the resource usdPerTiB, or cost: (result) => usd",
    ];
  }
  if (callee?.kind !== undefined && isAgent(callee.kind))
    return [
      `the resource "${name}" has a budget in USD, and ${callee.kind} reports its tokens, but no cost; ` +
        "give the resource cost: a number of USD for each attempt, or a function ({ usage }) => usd",
    ];
  return [
    `the resource "${name}" has a budget in USD, and a ${callee?.kind ?? "callee of this kind"} does not report what it cost; ` +
      "give the resource cost: a number of USD for each attempt, or a function (result) => usd",
  ];
}
