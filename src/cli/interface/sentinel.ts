import type { Command, Options } from "./command.ts";
import { ledgerFile } from "./ledger-file.ts";

const COMMON = {
  ledger: ledgerFile("Where checks and alerts are recorded."),
  json: { takes: "nothing", help: "Prints JSON." },
} as const satisfies Options;

export const SENTINEL_CHECK = {
  name: "sentinel check",
  usage: "--config FILE [options]",
  summary: "Count new artifacts, and alert if there are too few.",
  about: [
    "Run it from cron. Exit codes: 0 every sentinel is ok; 1 one is late, silent or unknown, or an alert was not delivered.",
  ],
  operands: [],
  groups: [
    {
      title: "Options",
      options: {
        config: { takes: "file", value: "FILE", help: "The JSON file that defines the sentinels. Required." },
        ...COMMON,
      },
    },
  ],
  examples: ["hardcall sentinel check --config sentinels.json"],
} as const satisfies Command;

export const SENTINEL_STATUS = {
  name: "sentinel status",
  usage: "[options]",
  summary: "Tell when sentinels were last checked, and what was found.",
  about: ["Exit codes: 0 the checks ran when they were due; 1 they are overdue, or never ran."],
  operands: [],
  groups: [{ title: "Options", options: COMMON }],
  examples: ["hardcall sentinel status"],
} as const satisfies Command;
