/**
 * Starts a process of a test. Wine 8 now and then answers `spawn UNKNOWN`, a status that Windows has no number for, and has started nothing:
 * seen twice in some 6,000 starts, on a busy machine; why is not known. So such a start is made once more. No other system answers so.
 */
export function startAgain<Child>(start: () => Child): Child {
  try {
    return start();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "UNKNOWN") throw error;
    return start();
  }
}
