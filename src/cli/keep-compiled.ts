/** Where cli.js, a bundle of its own, leaves its function for the rest of the command line. */
const HOOK = Symbol.for("hardcall.keepCompiled");

interface WithHook {
  [HOOK]?: () => void;
}

export function onKeepCompiled(keep: () => void): void {
  (globalThis as WithHook)[HOOK] = keep;
}

/**
 * Keeps the code that this process has compiled, for later starts. Called after a call that was executed and succeeded: that has run what
 * most starts run, and what it has not run later starts would compile each time.
 */
export const keepCompiled = (): void => (globalThis as WithHook)[HOOK]?.();
