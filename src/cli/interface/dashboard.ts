import type { Command } from "./command.ts";
import { ledgerFile } from "./ledger-file.ts";

export const DASHBOARD = {
  name: "dashboard",
  usage: "[options]",
  summary: "Show what runs and what is in doubt, in a browser.",
  about: [
    "It serves a page on 127.0.0.1 and prints its URL. The token in the URL opens the page once; then it prints a URL with the next token.",
    "The page can resolve calls that are in doubt, and open and close breakers. Ctrl-C ends it.",
  ],
  operands: [],
  groups: [
    {
      title: "Options",
      options: {
        port: { takes: "number", value: "N", default: 0, help: "The port, 0 to 65535; 0 takes a free one." },
        open: { takes: "nothing", help: "Opens the page in the browser." },
        host: {
          takes: "text",
          value: "HOST",
          help: "The name or address to listen on. Other machines can then reach it without encryption, so it needs --token. Default: 127.0.0.1.",
        },
        token: {
          takes: "text",
          value: "TOKEN",
          help: "Opens the page any number of times, in place of tokens that work once. At least 20 letters and digits.",
        },
        ledger: ledgerFile("The ledger."),
      },
    },
  ],
  examples: [
    "hardcall dashboard --open",
    "hardcall dashboard --port 8321 --ledger postgres://db.example.com/jobs",
  ],
} as const satisfies Command;
