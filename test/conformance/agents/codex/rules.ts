import type { Rules } from "../../normalise.ts";

export const rules: Rules = {
  texts: [
    [/request id: req_\w+/g, "request id: <id>"],
    [/try again at [^.]+\./g, "try again at <time>."],
    [/ in \d+ms:/g, " in <ms>:"],
    [/(thread 'codex-main') \(\d+\)/g, "$1 (<pid>)"],
  ],
  lists: new Set(),
  // Tokens are what an answer was said to need: only none or some is compared.
  number: (key, value) => (/tokens/.test(key) && value > 0 ? "<n>" : value),
  // There is no json format: each object is an event.
  isBeginning: () => true,
};
