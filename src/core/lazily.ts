import type { Failure } from "./callee.ts";
import { errorFromOutside, errorName } from "./failure.ts";

/** A part of hardcall could not be loaded, such as for want of a descriptor (EMFILE). What it is for has not started. */
class NotLoaded extends Error {
  constructor(cause: unknown) {
    super(`could not start: hardcall could not load its own code: ${errorName(cause)}`, { cause });
    this.name = "NotLoaded";
  }
}

/**
 * A module that is loaded when first used, and once, as `import()` costs 0.1 ms each time. A load that failed is tried anew at
 * the next use: kept, one moment without descriptors would break the library for as long as the process lives.
 *
 * @throws NotLoaded
 */
export function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw new NotLoaded(error);
    });
    return loading;
  };
}

/** What an error of hardcall's own code means: one that is not loaded has started nothing. Never for an error of a caller's function. */
export function ownFailure(error: unknown): Failure {
  if (!(error instanceof NotLoaded)) return errorFromOutside(error);
  return { code: "spawn_failed", message: error.message, effect: "not_started", cause: error };
}
