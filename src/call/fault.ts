import { CallError, NO_FACTS } from "../core/errors.ts";
import { ownFailure } from "../core/lazily.ts";
import { advise } from "../core/wording.ts";

/** The error of a call that ended outside of its attempts, such as by a module that could not be loaded. */
export function faultOf(name: string, error: unknown): CallError {
  const { code, message, effect } = ownFailure(error);
  return new CallError(`The call "${name}" ${message}. ${advise(code)}`, {
    ...NO_FACTS,
    name,
    code,
    effect,
    retryable: effect === "not_started",
    cause: error,
  });
}
