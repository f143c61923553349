import { REPORTING } from "./call.ts";
import type { Command, Options } from "./command.ts";
import { ledgerFile } from "./ledger-file.ts";

const SCOPE = {
  scope: {
    takes: "text",
    value: "S",
    help: "Keeps kinds of content apart: the same content in two scopes is no duplicate. Required.",
  },
} as const satisfies Options;

const COMMON = {
  timeout: { takes: "duration", value: "D", default: "1m", help: "Limit for reading stdin." },
  ledger: ledgerFile("Where content is remembered."),
  json: { takes: "nothing", help: "Prints JSON." },
  "log-level": REPORTING["log-level"],
} as const satisfies Options;

const CALL = {
  call: {
    takes: "text",
    value: "ID",
    help: "Owner of the reservation, unless HARDCALL_KEY is set. Default: HARDCALL_CALL_ID, else the token.",
  },
} as const satisfies Options;

const TOKEN = {
  token: { takes: "text", value: "T", help: "The token that dedupe check printed." },
} as const satisfies Options;

const CONTENT = [{ name: "FILE", takes: "file" }] as const;
const FROM_STDIN = "Without FILE, the content is read from stdin.";

export const DEDUPE_CHECK = {
  name: "dedupe check",
  usage: "--scope S [FILE] [options]",
  summary: "Tell new content from a duplicate, and reserve what is new.",
  about: [
    FROM_STDIN,
    "New content is reserved, and a token is printed. A rerun of the same owner gets it at once if the first run is gone; others wait for --hold.",
    "Exit codes: 0 new; 73 duplicate; 75 another owner has reserved it; 65 blank, or the same too often in a row; 76 in doubt.",
  ],
  operands: CONTENT,
  groups: [
    {
      title: "Options",
      options: {
        ...SCOPE,
        hold: { takes: "duration", value: "D", default: "15m", help: "How long the reservation holds." },
        "max-streak": {
          takes: "number",
          value: "N",
          default: 3,
          help: "The same content this many times in a row is an error (duplicate_streak, exit 65).",
        },
        ...CALL,
        ...COMMON,
      },
    },
  ],
  examples: ["token=$(hardcall dedupe check --scope posts draft.md) || exit"],
} as const satisfies Command;

export const DEDUPE_COMMIT = {
  name: "dedupe commit",
  usage: "--scope S [FILE] [options]",
  summary: "Record that content was published: from now on it is a duplicate.",
  about: [FROM_STDIN, "Exit codes: 0 recorded; 73 another owner had committed it before."],
  operands: CONTENT,
  groups: [{ title: "Options", options: { ...SCOPE, ...TOKEN, ...CALL, ...COMMON } }],
  examples: ['hardcall dedupe commit --scope posts --token "$token" draft.md'],
} as const satisfies Command;

export const DEDUPE_RELEASE = {
  name: "dedupe release",
  usage: "--scope S [FILE] [options]",
  summary: "Give a reservation back: the content was not published.",
  about: [FROM_STDIN, "Exit codes: 0 released, or not reserved; 73 another owner has it."],
  operands: CONTENT,
  groups: [{ title: "Options", options: { ...SCOPE, ...TOKEN, ...CALL, ...COMMON } }],
  examples: ['hardcall dedupe release --scope posts --token "$token" draft.md'],
} as const satisfies Command;

export const DEDUPE_FORGET = {
  name: "dedupe forget",
  usage: "--scope S [FILE] [options]",
  summary: "Forget content, even after a commit, as if it had never come.",
  about: [
    FROM_STDIN,
    "Exit codes: 0 forgotten, or not known; 73 or 76 while a call publishes it, or is in doubt.",
  ],
  operands: CONTENT,
  groups: [{ title: "Options", options: { ...SCOPE, ...COMMON } }],
  examples: ["hardcall dedupe forget --scope posts draft.md"],
} as const satisfies Command;
