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
  | "permissionDenials";

/** How messages speak of what their reader can change. */
export interface Wording {
  named(option: OptionName): string;
  /** What to do about a failure: whole sentences. */
  advise(code: ErrorCode, facts: AdviceFacts): string;
}

let wording: Wording = { named: (option) => option, advise: adviceOfLibrary };

/**
 * Makes the messages of this process name other options. The command line does so before anything else: a person who runs it has
 * never seen `maxOutput`, and would look for it in vain.
 */
export function speakAs(other: Wording): void {
  wording = other;
}

/** An option by the name that the reader of a message knows. */
export const optionName = (option: OptionName): string => wording.named(option);

/** What to do about a failure, in the reader's words: the end of every message. */
export const advise = (code: ErrorCode, facts: AdviceFacts = {}): string => wording.advise(code, facts);
