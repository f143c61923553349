import { defineCall } from "../call/define-call.ts";
import type { Settled } from "../core/settled.ts";
import { nameOf } from "../call/run-once.ts";
import { command } from "../callees/command.ts";
import {
  CALL_FLAGS,
  contractOf,
  maxInputOf,
  oneOf,
  parseCommandLine,
  processOptionsOf,
  text,
  wholeNumber,
} from "./call-options.ts";
import { outcomePlace, settleCall } from "./settle.ts";
import { UsageError } from "./usage.ts";

const LOG_LEVELS = ["silent", "error", "warn", "info", "debug", "fatal", "trace"] as const;

const FLAGS = {
  ...CALL_FLAGS,
  "allow-empty": { type: "boolean", default: false },
  "min-bytes": { type: "string" },
} as const;

/** `hardcall run --timeout D [options] -- command [args…]` */
export async function main(argv: string[]): Promise<number> {
  const { values: flags, rest } = parseCommandLine(argv, FLAGS);
  const place = outcomePlace(text(flags["outcome-file"]));
  const [file, ...args] = rest;
  if (file === undefined)
    throw new UsageError("there is no command; put it after --, such as: -- pg_dump prod");
  applyLogLevel(text(flags["log-level"]));
  const name = text(flags.name) ?? nameOf(file);
  let stdout: Uint8Array = new Uint8Array();
  const maxInput = maxInputOf(flags);
  if (maxInput !== undefined && !flags.stdin)
    throw new UsageError("--max-input goes with --stdin: otherwise the command sees end of file");
  const minBytes = text(flags["min-bytes"]);
  const callee = command(file, args, {
    ...processOptionsOf(flags),
    inheritStdin: flags.stdin,
    maxInput,
    allowEmpty: flags["allow-empty"],
    minBytes: minBytes === undefined ? undefined : wholeNumber("--min-bytes", minBytes),
    onOutput: (bytes) => {
      stdout = bytes;
    },
  });
  const printsAgain = {
    ...callee,
    restoreOutput: (bytes: Uint8Array) => {
      stdout = bytes;
    },
  };
  const call = defineCall({ name, callee: printsAgain, ...(await contractOf(flags)) } as Parameters<
    typeof defineCall<void, string, object>
  >[0]);
  return settleCall({
    name,
    run: () => call.settle(),
    // The bytes as they came, also of a replay: a dump need not be text.
    output: () => stdout,
    place,
  });
}

/** A value as text. The ledger may have kept none. */
export function textOf(settled: Settled<unknown>): string {
  const value: unknown = (settled as { readonly value?: unknown }).value;
  if (value === undefined) return "";
  return `${typeof value === "string" ? value : JSON.stringify(value)}\n`;
}

/** The flag is the variable, said for this one call. @throws UsageError */
export function applyLogLevel(level: string | undefined): void {
  if (level !== undefined) process.env["HARDCALL_LOG_LEVEL"] = oneOf("--log-level", level, LOG_LEVELS);
}
