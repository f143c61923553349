import { forgetCompiled } from "./compile-cache.ts";
import { leaveHungFiles } from "./leave.ts";
import { ConfigError } from "../core/errors.ts";
import { refuseLostBytes } from "./arguments.ts";
import { commandLineWording } from "./wording.ts";
import { speakAs } from "../core/wording.ts";
import { readCommand, type CommandLine } from "./interface/command-line.ts";
import { EXIT } from "./interface/exit-code.ts";
import { FileError, HelpAsked, UsageError } from "./interface/usage-error.ts";
import { exitCodeAfter, print } from "./print.ts";

/** What does the work of a command, or of a family whose verb is then the first argument. Loaded when it is asked for. */
const WORK: Readonly<Record<string, () => Promise<{ main(args: string[]): Promise<number> }>>> = {
  run: () => import("./run.ts"),
  claude: () => import("./claude.ts"),
  codex: () => import("./codex.ts"),
  gemini: () => import("./gemini.ts"),
  ledger: () => import("./ledger.ts"),
  resource: () => import("./resource.ts"),
  dedupe: () => import("./dedupe.ts"),
  sentinel: () => import("./sentinel.ts"),
  report: () => import("./report.ts"),
  dashboard: () => import("./dashboard.ts"),
  example: () => import("./example.ts"),
  "fake-bin": () => import("./fake-bin.ts"),
  doctor: () => import("./doctor.ts"),
  completion: () => import("./completion.ts"),
  help: () => import("./help.ts"),
};

async function main(line: CommandLine): Promise<number> {
  switch (line.kind) {
    case "help":
      await printHelp([]);
      return line.isAsked ? EXIT.ok : EXIT.usage;
    case "version": {
      const { packageVersion } = await import("../core/package-root.ts");
      void print(`${packageVersion()}\n`);
      return EXIT.ok;
    }
    case "wrong":
      throw new UsageError(line.problem);
    case "command": {
      const [name = "", ...verb] = line.words;
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
  const { helpFor } = await import("./help/help.ts");
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
    forgetCompiled();
    if (error instanceof HelpAsked) {
      await printHelp(words);
      process.exitCode = await exitCodeAfter(EXIT.ok);
      return;
    }
    const expected = [UsageError, FileError, ConfigError].some((kind) => error instanceof kind);
    const text = error instanceof Error ? (expected ? error.message : error.stack) : String(error);
    process.stderr.write(`hardcall: ${text}\n`);
    if (error instanceof UsageError)
      process.stderr.write(`Try: ${["hardcall", ...words, "--help"].join(" ")}\n`);
    process.exitCode = expected ? EXIT.usage : EXIT.internal;
  }
}

// Not awaited here: the files that are loaded later import this one, and would wait for its end.
void start(process.argv.slice(2)).then(() => leaveHungFiles(() => Number(process.exitCode ?? EXIT.ok)));
