/** The first problem that one of the items has. */
export function firstOf(items, problemOfItem) {
  for (const [n, item] of items.entries()) {
    const problem = problemOfItem(item, n);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
