/** Whether a process has this number; a zombie has one too, and another user's process (EPERM). */
export function pidExists(pid: number): boolean {
  // 0 and negative numbers are process groups.
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
