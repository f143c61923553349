import { adviceFrom, COMMON_ADVICE, GEMINI_TURNS, type Advice, type AdviceFacts } from "../core/advice.ts";
import type { OptionName, Wording } from "../core/wording.ts";
import type { StderrMode } from "./terminal/call-view.ts";

/** The options of the library as the command line has them. */
export const OPTION_WORDS: Readonly<Record<OptionName, `--${string}`>> = {
  name: "--name",
  timeout: "--timeout",
  "timeout.total": "--timeout",
  "timeout.attempt": "--attempt-timeout",
  "timeout.idle": "--idle-timeout",
  effects: "--effects",
  key: "--key",
  probe: "--probe",
  effectWithin: "--effect-within",
  within: "--evidence-within",
  retry: "--attempts",
  "retry.attempts": "--attempts",
  output: "--schema",
  killGrace: "--kill-grace",
  maxOutput: "--max-output",
  maxInput: "--max-input",
  minBytes: "--min-bytes",
  maxStreak: "--max-streak",
  hold: "--hold",
  "fingerprint.cwd": "--fingerprint-cwd",
  "fingerprint.env": "--fingerprint-env",
  model: "--model",
  resume: "--resume",
  marker: "--marker",
  permissionMode: "--permission-mode",
  approvalMode: "--approval-mode",
  permissionDenials: "--permission-denials",
  maxBudgetUsd: "--max-budget-usd",
  sandbox: "--sandbox",
  allowedTools: "--allowed-tools",
  addDirs: "--add-dir",
  includeDirectories: "--include-directories",
  images: "--image",
  reasoningEffort: "--reasoning-effort",
  profile: "--profile",
  config: "--config",
  onBusy: "--on-busy",
};

/**
 * @param mode what is shown of the child's stderr, so that no advice names what is not there
 * @param isRun whether the options are those of `hardcall run`
 */
export function commandLineWording(mode: StderrMode, isRun = false): Wording {
  const table = adviceWith(mode, isRun);
  return {
    named: (option) => OPTION_WORDS[option],
    advise: (code, facts) => adviceFrom(table, code, facts),
  };
}

const adviceWith = (mode: StderrMode, isRun: boolean): Advice => ({
  ...COMMON_ADVICE,
  empty_output: (facts) =>
    `${COMMON_ADVICE.empty_output(facts)}${isRun ? " If no output is fine, give --allow-empty." : ""}`,
  timeout: (facts) =>
    `If it needs longer, raise ${facts.limit === "attempt" ? "--attempt-timeout" : "--timeout"}; otherwise find out what it waits for${stderrNote(mode, facts)}.`,
  idle_timeout: (facts) =>
    `If it is normally silent for so long, raise --idle-timeout; otherwise find out what it waits for${stderrNote(mode, facts)}.`,
  exit_nonzero: (facts) => whereReason(mode, facts),
  output_too_large: "Raise --max-output, or let it write to a file.",
  invalid_output: "Compare the output with the schema; --outcome-file FILE keeps its end.",
  evidence_missing:
    "Check whether the artifact exists, and look for it elsewhere, before you run it again. If it appears late, raise --evidence-within.",
  turn_limit: ({ callee }) =>
    `Raise ${callee === "gemini" ? GEMINI_TURNS : "--max-turns"}, or give it less to do; what it did so far stays done.`,
  budget_limit: "Raise --max-budget-usd, or give it less to do; what it did so far stays done.",
  permission_denied: ({ callee }) =>
    `${callee === "codex" ? "Allow more with --sandbox or in codex's own rules" : "Allow the tool (--allowed-tools)"}, or accept denials with --permission-denials allow.`,
  job_failed: "--outcome-file FILE keeps the end of what it printed.",
  lease_lost:
    "Another process took the call over, or may; see its history before you run it again: hardcall ledger show CALL.",
  ledger_unavailable: ({ effect }) => {
    if (effect === "completed") return "Repair the ledger before you run it again.";
    if (effect === "unknown")
      return "Repair the ledger, and check whether it took effect before you run it again.";
    return "A call that cannot be recorded is not started; repair the ledger. Another --ledger does not know which keys have run.";
  },
  output_not_kept:
    "The work is done. To continue without its output, give --replay-without-output; to run it again, use a different key.",
});

/** Where its last words are, for the end of a sentence. */
function stderrNote(mode: StderrMode, { hasStderr }: AdviceFacts): string {
  if (!hasStderr) return "";
  const where = { live: "above", tail: "below", off: "shown with --stderr tail" } as const;
  return ` (its stderr is ${where[mode]})`;
}

function whereReason(mode: StderrMode, { hasStdout, hasStderr }: AdviceFacts): string {
  if (hasStderr) {
    if (mode === "off") return "--stderr tail shows the end of its stderr.";
    return mode === "live" ? "Its stderr is above." : "The end of its stderr is below.";
  }
  return hasStdout
    ? "It printed nothing on stderr; --outcome-file FILE keeps the end of its stdout."
    : "It printed nothing; start it by hand to find out why.";
}
