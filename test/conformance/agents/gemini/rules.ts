import type { Rules } from "../../normalise.ts";

export const rules: Rules = {
  texts: [],
  lists: new Set(),
  // Times differ by nature. Tokens are what an answer was said to need: only none or some is compared.
  number: (key, value) =>
    /_ms$|Ms$|latency/i.test(key) ||
    (/tokens?|^(input|prompt|candidates|total|cached|thoughts|tool)$/.test(key) && value > 0)
      ? "<n>"
      : value,
  isBeginning: ({ type }) => type === "init",
};
