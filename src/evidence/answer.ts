import { isBlank } from "../core/blank.ts";
import { failureOfResponse } from "../core/failure.ts";
import { EvidenceFound, type FoundEvidence } from "../core/evidence.ts";

/** Reads the answer of an evidence function. `which` is the name of that function. */
export function readAnswer(
  answer: unknown,
  which: string,
): { readonly found: FoundEvidence } | { readonly missing: string | undefined } {
  if (answer instanceof EvidenceFound) return { found: answer.evidence };
  if (isNothing(answer)) return { missing: undefined };
  const refused = failureOfResponse(answer);
  if (refused !== undefined) return { missing: `it ${refused.message}` };
  const { missing, found } = answer as { readonly missing?: unknown; readonly found?: unknown };
  // An artifact with other fields may have one of this name too.
  if (typeof missing === "string" && Object.keys(answer as object).length === 1) return { missing };
  const facts = scalarsOf(found);
  return {
    found: { kind: "function", ...(which !== "" && { name: which }), ...(facts && { facts }) },
  };
}

/** Whether the answer holds nothing. A function that returns the empty result of a query has found no artifact. */
function isNothing(answer: unknown): boolean {
  if (!answer) return true;
  if (typeof answer === "string") return isBlank(answer);
  if (Array.isArray(answer)) return answer.every(isNothing);
  if (answer instanceof Map || answer instanceof Set) return answer.size === 0;
  if (ArrayBuffer.isView(answer) || answer instanceof ArrayBuffer) return answer.byteLength === 0;
  if (typeof answer !== "object") return false;
  const { rows } = answer as { readonly rows?: unknown };
  if (Array.isArray(rows)) return isNothing(rows);
  const isPlain = [Object.prototype, null].includes(Object.getPrototypeOf(answer) as object | null);
  return isPlain && Object.keys(answer).length === 0;
}

function scalarsOf(value: unknown): Record<string, string | number | boolean> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const scalars = Object.entries(value).filter(([, field]) =>
    ["string", "number", "boolean"].includes(typeof field),
  );
  return scalars.length === 0 ? undefined : Object.fromEntries(scalars);
}
