#!/usr/bin/env node
import { leaveHungFiles } from "./cli/leave.ts";
import { ConfigError } from "./core/errors.ts";
import { refuseLostBytes } from "./cli/arguments.ts";
import { EXIT } from "./cli/exit-code.ts";
import { inFlags } from "./cli/in-flags.ts";
import { isRecentEnough, NEEDED } from "./cli/node-version.ts";
import { exitCodeAfter, print } from "./cli/print.ts";
import { HELP, HelpAsked, UsageError } from "./cli/usage.ts";

/** One file per subcommand, loaded when it is asked for. */
const COMMANDS: ReadonlyMap<string, () => Promise<{ main(args: string[]): Promise<number> }>> = new Map([
  ["run", () => import("./cli/run.ts")],
  ["claude", () => import("./cli/claude.ts")],
  ["ledger", () => import("./cli/ledger.ts")],
  ["dedupe", () => import("./cli/dedupe.ts")],
  ["sentinel", () => import("./cli/sentinel.ts")],
  ["report", () => import("./cli/report.ts")],
  ["fake-bin", () => import("./cli/fake-bin.ts")],
  ["doctor", () => import("./cli/doctor.ts")],
]);

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    void print(HELP);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === "--version" || name === "-v") {
    const { packageVersion } = await import("./core/package-root.ts");
    void print(`${packageVersion()}\n`);
    return EXIT.ok;
  }
  const load = COMMANDS.get(name);
  if (load === undefined) throw new UsageError(`${JSON.stringify(name)} is not a command of hardcall`);
  // The other two look for it themselves: what follows their flags belongs to a command.
  if (name !== "run" && name !== "claude" && args.some((arg) => arg === "--help" || arg === "-h"))
    throw new HelpAsked();
  // The doctor says so too, and says what else is missing.
  if (name !== "doctor" && !isRecentEnough())
    throw new UsageError(`hardcall needs ${NEEDED}, and this is ${process.versions.node}`);
  refuseLostBytes(args);
  return (await load()).main(args);
}

async function start(): Promise<void> {
  // What cannot be told must not change how it ended: without a listener the error would end the process.
  process.stderr.on("error", () => undefined);
  try {
    process.exitCode = await exitCodeAfter(await main(process.argv.slice(2)));
  } catch (error) {
    if (error instanceof HelpAsked) {
      void print(HELP);
      process.exitCode = await exitCodeAfter(EXIT.ok);
      return;
    }
    const expected = error instanceof UsageError || error instanceof ConfigError;
    const text = error instanceof Error ? (expected ? inFlags(error.message) : error.stack) : String(error);
    process.stderr.write(`hardcall: ${text}\n`);
    if (error instanceof UsageError) process.stderr.write("Try: hardcall --help\n");
    process.exitCode = expected ? EXIT.usage : EXIT.internal;
  }
}

await start();
leaveHungFiles(() => Number(process.exitCode ?? EXIT.ok));
