import type { Command, Options } from "./command.ts";
import { ledgerFile } from "./ledger-file.ts";

const COMMON = {
  json: { takes: "nothing", help: "Prints JSON." },
  ledger: ledgerFile("The ledger whose calls share the limits."),
} as const satisfies Options;

const OPERATOR = {
  by: { takes: "text", value: "WHO", help: "Who decided. Required; the ledger keeps it." },
  why: { takes: "text", value: "TEXT", help: "The reason. Required; the ledger keeps it." },
} as const satisfies Options;

const NAME = [
  {
    name: "NAME",
    takes: "resource",
    ifMissing: "say which resource; hardcall resource list shows those that are there",
  },
] as const;

export const RESOURCE_LIST = {
  name: "resource list",
  usage: "[options]",
  summary: "List resources: places taken, calls that wait, rate, budget, breaker.",
  about: [
    "It lists the resources that calls of this ledger have used, and those of hardcall.resources.json that none has used yet.",
  ],
  operands: [],
  groups: [{ title: "Options", options: COMMON }],
  examples: ["hardcall resource list"],
} as const satisfies Command;

export const RESOURCE_SHOW = {
  name: "resource show",
  usage: "NAME [options]",
  summary: "Show a resource: its limits, who holds a place, why its breaker is open.",
  operands: NAME,
  groups: [{ title: "Options", options: COMMON }],
  examples: ["hardcall resource show anthropic"],
} as const satisfies Command;

export const RESOURCE_OPEN = {
  name: "resource open",
  usage: "NAME --by WHO --why TEXT [--for D] [options]",
  summary: "Open the breaker: no call with this resource starts until it is closed.",
  about: [
    "Calls that wait for a place end at once with circuit_open (exit 75); calls that run go on. It works with or without circuitBreaker.",
  ],
  operands: NAME,
  groups: [
    {
      title: "Options",
      options: {
        ...OPERATOR,
        for: {
          takes: "duration",
          value: "D",
          help: "How long; then it closes by itself. Default: until hardcall resource close.",
        },
        ...COMMON,
      },
    },
  ],
  examples: ['hardcall resource open anthropic --by ann --why "the key is being replaced" --for 30m'],
} as const satisfies Command;

export const RESOURCE_CLOSE = {
  name: "resource close",
  usage: "NAME --by WHO --why TEXT [options]",
  summary: "Close the breaker: calls with this resource start again.",
  about: ["Repair the cause first: a call that fails for the same reason opens it again."],
  operands: NAME,
  groups: [{ title: "Options", options: { ...OPERATOR, ...COMMON } }],
  examples: ['hardcall resource close anthropic --by ann --why "the new key works"'],
} as const satisfies Command;
