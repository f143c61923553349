import { ADVICE } from "../core/advice.ts";
import type { ErrorCode } from "../core/vocabulary.ts";

/** What to do about a failure where the flags of the command line do it. */
const WITH_FLAGS: Partial<Readonly<Record<ErrorCode, string>>> = {
  timeout: "If it needs longer, raise --timeout; else find out what it waits for.",
  idle_timeout: "If it is silent by nature, raise --idle-timeout; else find out what it waits for.",
  exit_nonzero: "Its reason may be at the end of its stderr, which --outcome-file FILE keeps.",
  output_too_large: "Raise --max-output, or let it write to a file.",
  invalid_output: "Compare the output with the schema; --outcome-file FILE keeps its end.",
  rate_limited: "Wait, or lower the rate.",
  turn_limit: "Raise --max-turns, or give it less to do; what it did so far stays done.",
  budget_limit: "Raise --max-budget-usd, or give it less to do; what it did so far stays done.",
  permission_denied: "Allow the tool (--allowed-tools), or accept denials with --permission-denials allow.",
  output_not_kept:
    "It is done. To go on without its output, give --replay-without-output; to run it again, use another key.",
};

/** Options of the library by their flags. No other word of a message looks like one of them. */
const FLAG_OF: Readonly<Record<string, string>> = {
  "timeout.total": "--timeout",
  "timeout.attempt": "--attempt-timeout",
  "timeout.idle": "--idle-timeout",
  killGrace: "--kill-grace",
  minBytes: "--min-bytes",
  maxOutput: "--max-output",
  "maxInput (--max-input)": "--max-input",
  maxTurns: "--max-turns",
  maxBudgetUsd: "--max-budget-usd",
  maxStreak: "--max-streak",
  effectWithin: "--effect-within",
  permissionDenials: "--permission-denials",
};

/** A message of the library in the words of the command line. */
export function inFlags(message: string, code?: ErrorCode): string {
  const said = code === undefined ? undefined : WITH_FLAGS[code];
  const ends = code !== undefined && said !== undefined && message.endsWith(ADVICE[code]);
  const text = ends ? message.slice(0, -ADVICE[code].length) + said : message;
  return Object.entries(FLAG_OF).reduce((told, [option, flag]) => told.replaceAll(option, flag), text);
}
