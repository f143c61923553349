/**
 * Signals a process group; 0 only asks. `kill(-0)` would be our own group, and `kill(-1)` all that we may signal, so only a
 * number that a child can have is taken.
 *
 * @returns whether the group exists, which it does as long as a zombie is in it
 */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (!(pid > 1)) return false;
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: it exists, but none of it is ours to signal. ESRCH: it is gone.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Signals one process. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  if (!(pid > 1)) return;
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile, or not ours to signal: it is counted when the tree is looked at again.
  }
}
