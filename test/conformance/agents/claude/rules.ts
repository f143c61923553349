import type { Rules } from "../../normalise.ts";

export const rules: Rules = {
  texts: [
    [/\/projects\/[^/]+\//g, "/projects/<project>/"],
    [/\b(msg|req|toolu)_\w+/g, "<$1>"],
    [/resets \d[^)]*\(/g, "resets <time> ("],
    [/~\d+ tokens —/g, "~<n> tokens —"],
  ],
  // What an installation happens to offer.
  lists: new Set([
    "agents",
    "available_output_styles",
    "capabilities",
    "categories",
    "commands",
    "gridRows",
    "models",
    "plugins",
    "skillFrontmatter",
    "skills",
    "slash_commands",
    "terminal_slash_commands",
    "tools",
  ]),
  strings: { messaging_socket_path: "<socket>" },
  number(key, value) {
    if (key.endsWith("_ms") || key === "pid") return "<n>";
    if (/^(total|included)(Skills|Commands)$/.test(key)) return "<n>";
    if (key === "resetsAt") return "<time>";
    // Costs are what an answer was said to cost: only zero or not is compared.
    if (/tokens|cost/i.test(key)) return value > 0 ? "<n>" : 0;
    return value;
  },
  isBeginning: ({ subtype }) => subtype === "init",
};
