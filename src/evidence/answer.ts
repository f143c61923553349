import { isBlank } from "../core/blank.ts";
import { failureOfResponse } from "../core/failure.ts";
import { EvidenceFound, type FoundEvidence } from "../core/evidence.ts";

/** What the answer of a look means. `which` is the function's name. */
export function readAnswer(
  answer: unknown,
  which: string,
): { readonly found: FoundEvidence } | { readonly missing: string | undefined } {
  if (answer instanceof EvidenceFound) return { found: answer.evidence };
  if (isNothing(answer)) return { missing: undefined };
  const refused = failureOfResponse(answer);
  if (refused !== undefined) return { missing: `it ${refused.message}` };
  const { missing, found } = answer as { readonly missing?: unknown; readonly found?: unknown };
  // An artifact may well have a field of that name among its others.
  if (typeof missing === "string" && Object.keys(answer as object).length === 1) return { missing };
  const facts = scalarsOf(found);
  return {
    found: { kind: "function", ...(which !== "" && { name: which }), ...(facts && { facts }) },
  };
}

/** An empty list of rows is as little an artifact as an empty text: whoever asks for rows and hands them on has looked, and not found. */
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
