import { Found, type FoundEvidence } from "./evidence.ts";

/** What the answer of a look means. `which` is the function's name. */
export function readAnswer(
  answer: unknown,
  which: string,
): { readonly found: FoundEvidence } | { readonly missing: string | undefined } {
  if (answer instanceof Found) return { found: answer.evidence };
  if (!answer) return { missing: undefined };
  const { missing, found } = answer as { readonly missing?: unknown; readonly found?: unknown };
  // An artifact may well have a field of that name among its others.
  if (typeof missing === "string" && Object.keys(answer).length === 1) return { missing };
  const facts = scalarsOf(found);
  return {
    found: { kind: "function", ...(which !== "" && { name: which }), ...(facts && { facts }) },
  };
}

function scalarsOf(value: unknown): Record<string, string | number | boolean> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const scalars = Object.entries(value).filter(([, field]) =>
    ["string", "number", "boolean"].includes(typeof field),
  );
  return scalars.length === 0 ? undefined : Object.fromEntries(scalars);
}
