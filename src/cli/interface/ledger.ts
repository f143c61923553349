import type { Command, Options } from "./command.ts";
import { ledgerFile } from "./ledger-file.ts";

const LEDGER = {
  ledger: ledgerFile("The ledger."),
} as const satisfies Options;

const JSON_OUTPUT = { json: { takes: "nothing", help: "Prints JSON." } } as const satisfies Options;

const NAME = {
  name: { takes: "text", value: "NAME", help: "Only calls with this name." },
} as const satisfies Options;

const REF = [
  { name: "CALL_OR_KEY", takes: "text", ifMissing: "say which call: give its id, or its key" },
] as const;

export const LEDGER_LIST = {
  name: "ledger list",
  usage: "[options]",
  summary: "List calls, the last change first.",
  about: ["Calls without a key are there if they were journalled, each at its start."],
  operands: [],
  groups: [
    {
      title: "Options",
      options: {
        state: {
          takes: "choice",
          choices: ["reserved", "started", "in_doubt", "running", "lost", "succeeded", "failed"],
          help: "Only calls in this state. lost: a call of the journal whose process ended before it.",
        },
        ...NAME,
        "older-than": {
          takes: "duration",
          value: "D",
          help: "Only calls that last changed longer ago; of the journal, that started longer ago.",
        },
        limit: { takes: "number", value: "N", default: 100, help: "How many calls at most." },
        ...JSON_OUTPUT,
        ...LEDGER,
      },
    },
  ],
  examples: ["hardcall ledger list --state in_doubt"],
} as const satisfies Command;

export const LEDGER_SHOW = {
  name: "ledger show",
  usage: "CALL_OR_KEY [options]",
  summary: "Show what is recorded of a call: its state, its attempts, what operators said.",
  operands: REF,
  groups: [{ title: "Options", options: { ...NAME, ...JSON_OUTPUT, ...LEDGER } }],
  examples: ["hardcall ledger show post/2026-11-21"],
} as const satisfies Command;

export const LEDGER_RESOLVE = {
  name: "ledger resolve",
  usage: "CALL_OR_KEY --as done|absent --by WHO --why TEXT [options]",
  summary: "Record whether a call that is in doubt took effect.",
  about: [
    "Look for the effect first: done means that it is there, and the call is never run again; absent means that it is not there, and the next call with the key runs.",
  ],
  operands: REF,
  groups: [
    {
      title: "Options",
      options: {
        as: { takes: "choice", choices: ["done", "absent"], help: "What you found. Required." },
        by: { takes: "text", value: "WHO", help: "Who looked. Required; the ledger keeps it." },
        why: { takes: "text", value: "TEXT", help: "What you looked at. Required; the ledger keeps it." },
        ...NAME,
        force: {
          takes: "nothing",
          help: "Also resolves a call that is not in doubt: one that seems to run, or that has ended.",
        },
        ...LEDGER,
      },
    },
  ],
  examples: ['hardcall ledger resolve post/2026-11-21 --as done --by ann --why "it is on the page"'],
} as const satisfies Command;

export const LEDGER_PRUNE = {
  name: "ledger prune",
  usage: "[options]",
  summary: "Drop old values, and forget older calls.",
  about: ["It works on every call of the ledger; there is no filter."],
  operands: [],
  groups: [
    {
      title: "Options",
      options: {
        retention: {
          takes: "duration",
          value: "D",
          default: "30d",
          help: "How long values, failed calls and rows of the journal are kept. The key of a success is remembered longer.",
        },
        tombstone: {
          takes: "duration",
          value: "D",
          default: "90d",
          help: "How long such a key is remembered after that. A forgotten key can run again.",
        },
        ...JSON_OUTPUT,
        ...LEDGER,
      },
    },
  ],
  examples: ["hardcall ledger prune --retention 30d --tombstone 90d"],
} as const satisfies Command;

export const LEDGER_MIGRATE = {
  name: "ledger migrate",
  usage: "[options]",
  summary: "Create the ledger, or bring its tables up to date.",
  about: [
    "Every call does so by itself where it may. Run it as the owner of the database if your workers may not create tables. In Postgres, ?schema=NAME in the URL names the schema; the default is hardcall.",
  ],
  operands: [],
  groups: [{ title: "Options", options: LEDGER }],
  examples: ["hardcall ledger migrate --ledger postgres://owner@db.example.com/jobs"],
} as const satisfies Command;
