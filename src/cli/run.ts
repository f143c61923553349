import { defineCall } from "../call/define-call.ts";
import type { Settled } from "../core/settled.ts";
import { nameOfCommand } from "../call/run-once.ts";
import { effectiveLimits } from "../call/effective-limits.ts";
import { command } from "../callees/command.ts";
import { failureCodes, isFailureCode } from "../process/exit-code.ts";
import { awaitedResource, contractOf, processOptionsOf } from "./call-options.ts";
import { parse } from "./interface/parse.ts";
import { RUN } from "./interface/run.ts";
import { UsageError } from "./interface/usage-error.ts";
import { outcomePlace, settleCall } from "./settle.ts";
import { CallView } from "./terminal/call-view.ts";

/** `hardcall run --timeout D [options] -- command [args…]` */
export async function main(argv: string[]): Promise<number> {
  const { given, operands, values } = parse(RUN, argv);
  const place = outcomePlace(given["outcome-file"]);
  const flags = values();
  const [file = "", ...args] = operands;
  applyLogLevel(flags["log-level"]);
  const name = flags.name ?? nameOfCommand(file);
  let stdout: Uint8Array = new Uint8Array();
  if (flags["max-input"] !== undefined && !flags.stdin)
    throw new UsageError("--max-input needs --stdin: without it the command sees end of file");
  const view = new CallView({
    name,
    kind: "command",
    stderr: flags.stderr,
    resource: awaitedResource(flags),
  });
  const callee = command(file, args, {
    ...processOptionsOf(flags),
    inheritStdin: flags.stdin,
    maxInput: flags["max-input"],
    allowEmpty: flags["allow-empty"],
    minBytes: flags["min-bytes"],
    rejectedExitCodes: exitCodesOf(flags["rejected-exit-codes"]),
    onOutput: (bytes) => {
      stdout = bytes;
    },
    onStderr: view.onStderr,
  });
  const printsAgain = {
    ...view.watch(callee),
    restoreOutput: (bytes: Uint8Array) => {
      stdout = bytes;
    },
  };
  const options = { name, callee: printsAgain, ...(await contractOf(flags, false)) } as Parameters<
    typeof defineCall<void, string, object>
  >[0];
  const call = defineCall(options);
  return settleCall({
    name,
    view,
    limits: effectiveLimits(options, process.env),
    isRun: true,
    run: () => call.settle(),
    // The bytes as they came, also of a replay: a dump need not be text.
    output: () => stdout,
    place,
  });
}

function exitCodesOf(list: string | undefined): readonly number[] | undefined {
  const codes = list?.split(",").map((code) => (/^\s*-?\d{1,10}\s*$/.test(code) ? Number(code) : Number.NaN));
  if (codes?.every((code) => isFailureCode(code)) ?? true) return codes;
  const range = failureCodes();
  throw new UsageError(`--rejected-exit-codes takes ${range} with commas between them, such as 3,75`);
}

/** A value as text. The ledger may have kept none. */
export function textOf(settled: Settled<unknown>): string {
  const value: unknown = (settled as { readonly value?: unknown }).value;
  if (value === undefined) return "";
  return `${typeof value === "string" ? value : JSON.stringify(value)}\n`;
}

/** The option sets the variable for this one call. */
export function applyLogLevel(level: string | undefined): void {
  if (level !== undefined) process.env["HARDCALL_LOG_LEVEL"] = level;
}
