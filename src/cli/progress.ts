/** A call shorter than this needs no sign of life. */
const QUIET_MS = 2000;
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/**
 * Shows on a terminal that a long call goes on, and for how long; writes nothing when stderr is not a terminal.
 *
 * @returns takes the line away
 */
export function showProgress(name: string): () => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => undefined;
  const startedAt = performance.now();
  let frame = 0;
  const timer = setInterval(() => {
    const ms = performance.now() - startedAt;
    if (ms < QUIET_MS) return;
    stderr.write(`\r\u001b[K${FRAMES[frame++ % FRAMES.length]} ${name} ${Math.floor(ms / 1000)} s`);
  }, 120);
  return () => {
    clearInterval(timer);
    if (frame > 0) stderr.write("\r\u001b[K");
  };
}
