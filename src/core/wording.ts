import { adviceOfLibrary, type AdviceFacts } from "./advice.ts";
import type { ErrorCode } from "./vocabulary.ts";

/** The options that messages name, as the library calls them. */
export type OptionName =
  | "name"
  | "timeout"
  | "timeout.total"
  | "timeout.attempt"
  | "timeout.idle"
  | "effects"
  | "key"
  | "probe"
  | "effectWithin"
  | "within"
  | "retry"
  | "retry.attempts"
  | "output"
  | "killGrace"
  | "maxOutput"
  | "maxInput"
  | "minBytes"
  | "maxStreak"
  | "hold"
  | "fingerprint.cwd"
  | "fingerprint.env"
  | "model"
  | "resume"
  | "marker"
  | "permissionMode"
  | "approvalMode"
  | "permissionDenials"
  | "maxBudgetUsd"
  | "sandbox"
  | "reasoningEffort"
  | "profile"
  | "config"
  | "allowedTools"
  | "addDirs"
  | "includeDirectories"
  | "images"
  | "onBusy";

/** How messages name the options that their reader can change. */
export interface Wording {
  named(option: OptionName): string;
  /** What to do about a failure: whole sentences. */
  advise(code: ErrorCode, facts: AdviceFacts): string;
}

let wording: Wording = { named: (option) => option, advise: adviceOfLibrary };

/**
 * Makes the messages of this process use other option names. The command line calls it first, because its users know
 * `--max-output` and not `maxOutput`.
 */
export function speakAs(other: Wording): void {
  wording = other;
}

/** The name of an option as the reader of a message knows it. */
export const optionName = (option: OptionName): string => wording.named(option);

/** What to do about a failure, with the option names that the reader knows. It ends every message. */
export const advise = (code: ErrorCode, facts: AdviceFacts = {}): string => wording.advise(code, facts);
