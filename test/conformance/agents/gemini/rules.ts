import type { Rules } from "../../normalise.ts";

export const rules: Rules = {
  texts: [
    // Where in its own code the CLI met an error.
    [/^ +at .*\n/gm, ""],
    [/ \(line \d+ column \d+\)/g, ""],
    // Notes about its own start, which come in some runs only.
    [/^\[STARTUP\] .*\n/gm, ""],
    [/(gemini-client-error-[\w.]+-\w+)-[\w-]+\.json/g, "$1-<time>.json"],
    [/_\d{13}_/g, "_<ms>_"],
    [/\b\d+ms\b/g, "<ms>"],
    [/\b(localPort|remotePort|bytesWritten|bytesRead): (\d+|<\w+>)/g, "$1: <n>"],
    // After a refusal the real one prints a sentence about each of its options; the fake prints their names.
    [/^(Usage: gemini \[options\])[^]*/gm, "$1"],
  ],
  lists: new Set(),
  // Times differ by nature. Tokens are what an answer was said to need: only none or some is compared.
  number: (key, value) =>
    /_ms$|Ms$|latency/i.test(key) ||
    (/tokens?|^(input|prompt|candidates|total|cached|thoughts|tool)$/.test(key) && value > 0)
      ? "<n>"
      : value,
  isBeginning: ({ type }) => type === "init",
};
