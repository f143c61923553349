import { EVIDENCE, LIMITS, OUTPUT, PROCESSES, REPEATS, REPORTING, SHARED } from "./call.ts";
import type { Command } from "./command.ts";

const RUN_REPEATS = {
  ...REPEATS,
  "rejected-exit-codes": {
    takes: "text",
    value: "LIST",
    help: "Exit codes, such as 3,75, by which the command says that it refused and did nothing: a later call may start.",
  },
} as const;

const RUN_OUTPUT = {
  ...OUTPUT,
  "allow-empty": { takes: "nothing", help: "Accepts blank output as a success." },
  "min-bytes": {
    takes: "number",
    value: "N",
    help: "Fewer bytes of output than this are a failure. With --allow-empty, blank output is accepted all the same.",
  },
} as const;

const RUN_INPUT = {
  stdin: {
    takes: "nothing",
    help: "Passes stdin on to the command; otherwise the command sees end of file. With --key or --attempts, stdin is read first.",
  },
  "max-input": {
    takes: "number",
    value: "N",
    help: "With --stdin: reads stdin first, and refuses more bytes than this before anything starts. Default with --key or --attempts: 16777216.",
  },
} as const;

export const RUN = {
  name: "run",
  usage: "--timeout D [options] -- COMMAND [ARGS...]",
  summary: "Run a command with a deadline; print its output if it succeeded.",
  operands: [
    {
      name: "COMMAND",
      takes: "command",
      ifMissing: "there is no command; put it after --, such as: -- pg_dump prod",
    },
  ],
  optionsComeFirst: true,
  groups: [
    { title: "Time limits", options: LIMITS },
    { title: "Repeats", options: RUN_REPEATS },
    { title: "Shared limits", options: SHARED },
    { title: "Output", options: RUN_OUTPUT },
    { title: "Evidence", options: EVIDENCE },
    { title: "Input and processes", options: { ...RUN_INPUT, ...PROCESSES } },
    { title: "Name and reports", options: REPORTING },
  ],
  examples: [
    "hardcall run --timeout 1h --allow-empty --evidence-file new.dump -- pg_dump -Fc -f new.dump prod",
    "hardcall run --timeout 5m --key post/2026-11-21 -- ./publish draft.md",
  ],
} as const satisfies Command;
