#!/usr/bin/env node
import { leaveHungFiles } from "./cli/leave.ts";
import { ConfigError } from "./core/errors.ts";
import { refuseLostBytes } from "./cli/arguments.ts";
import { commandLineWording } from "./cli/wording.ts";
import { speakAs } from "./core/wording.ts";
import { readCommand, type CommandLine } from "./cli/interface/command-line.ts";
import { EXIT } from "./cli/interface/exit-code.ts";
import { HelpAsked, UsageError } from "./cli/interface/usage-error.ts";
import { isRecentEnough, NEEDED } from "./core/node-version.ts";
import { exitCodeAfter, print } from "./cli/print.ts";

/** What does the work of a command, or of a family whose verb is then the first argument. Loaded when it is asked for. */
const WORK: Readonly<Record<string, () => Promise<{ main(args: string[]): Promise<number> }>>> = {
  run: () => import("./cli/run.ts"),
  claude: () => import("./cli/claude.ts"),
  ledger: () => import("./cli/ledger.ts"),
  dedupe: () => import("./cli/dedupe.ts"),
  sentinel: () => import("./cli/sentinel.ts"),
  report: () => import("./cli/report.ts"),
  example: () => import("./cli/example.ts"),
  "fake-bin": () => import("./cli/fake-bin.ts"),
  doctor: () => import("./cli/doctor.ts"),
  completion: () => import("./cli/completion.ts"),
  help: () => import("./cli/help.ts"),
};

async function main(line: CommandLine): Promise<number> {
  switch (line.kind) {
    case "help":
      await printHelp([]);
      return line.isAsked ? EXIT.ok : EXIT.usage;
    case "version": {
      const { packageVersion } = await import("./core/package-root.ts");
      void print(`${packageVersion()}\n`);
      return EXIT.ok;
    }
    case "wrong":
      throw new UsageError(line.problem);
    case "command": {
      const [name = "", ...verb] = line.words;
      // The doctor says so too, and says what else is missing.
      if (name !== "doctor" && !isRecentEnough())
        throw new UsageError(`hardcall needs ${NEEDED}, and this is ${process.versions.node}`);
      refuseLostBytes(line.args);
      const load = WORK[name];
      if (load === undefined) throw new Error(`nothing does the work of ${name}`);
      return (await load()).main([...verb, ...line.args]);
    }
    default:
      return line satisfies never;
  }
}

async function printHelp(words: readonly string[]): Promise<void> {
  // Loaded for help only.
  const { helpFor } = await import("./cli/help/help.ts");
  void print(helpFor(words));
}

async function start(argv: readonly string[]): Promise<void> {
  speakAs(commandLineWording("tail"));
  // What cannot be told must not change how it ended: without a listener the error would end the process.
  process.stderr.on("error", () => undefined);
  const line = readCommand(argv);
  const words = "words" in line ? line.words : [];
  try {
    process.exitCode = await exitCodeAfter(await main(line));
  } catch (error) {
    if (error instanceof HelpAsked) {
      await printHelp(words);
      process.exitCode = await exitCodeAfter(EXIT.ok);
      return;
    }
    const expected = error instanceof UsageError || error instanceof ConfigError;
    const text = error instanceof Error ? (expected ? error.message : error.stack) : String(error);
    process.stderr.write(`hardcall: ${text}\n`);
    if (error instanceof UsageError)
      process.stderr.write(`Try: ${["hardcall", ...words, "--help"].join(" ")}\n`);
    process.exitCode = expected ? EXIT.usage : EXIT.internal;
  }
}

await start(process.argv.slice(2));
leaveHungFiles(() => Number(process.exitCode ?? EXIT.ok));
