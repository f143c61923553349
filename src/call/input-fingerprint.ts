import { fingerprintOf } from "../ledger/key/canonical.ts";
import { LedgerError } from "../database/errors.ts";
import { fingerprintOfParts } from "../ledger/key/fingerprint.ts";
import { ConfigError } from "../core/errors.ts";
import { errorName } from "../core/failure.ts";
import { asConfigError } from "./ledger-answers.ts";
import type { Definition } from "./invocation.ts";

/**
 * The fingerprint of a call's input: in parts where the callee names them, else of the whole.
 *
 * @throws ConfigError `invalid_config` for an input that no fingerprint can be made of
 */
export function inputFingerprint<Input>(
  { name, callee, output }: Pick<Definition<Input, never, object>, "name" | "callee" | "output">,
  input: Input,
): string {
  try {
    const whole = callee.fingerprint(input);
    const parts = callee.fingerprintParts?.(input, { output });
    return parts === undefined ? fingerprintOf(whole) : fingerprintOfParts(parts, whole);
  } catch (error) {
    if (error instanceof LedgerError) throw asConfigError(name, error);
    // A function of the caller's, such as the one that makes stdin, or a getter of the input.
    const problem = `hardcall could not compute the fingerprint of the input: a function threw ${errorName(error)}`;
    throw new ConfigError(name, [problem]);
  }
}
