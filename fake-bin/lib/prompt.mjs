// Where the prompt comes from: the argument, stdin, or both, the argument first.
import { fstatSync, readFileSync, statSync } from "node:fs";
import { devNull } from "node:os";
import { write } from "./output.mjs";

const SILENT_STDIN_MS = 3000;
const STILL_OPEN =
  "Warning: no stdin data received in 3s, proceeding without it. If piping from a slow command, redirect stdin " +
  "explicitly: < /dev/null to skip, or wait longer.\n";

/** What kind of thing stdin is; "none" when it was closed before we were started. */
function stdinKind() {
  try {
    const stat = fstatSync(0);
    if (stat.isFIFO() || stat.isSocket()) return "pipe";
    if (!stat.isCharacterDevice() || stat.rdev === statSync(devNull).rdev) return "file";
    return process.stdin.isTTY ? "terminal" : "file";
  } catch {
    // EBADF: there is no descriptor 0, which is as good as an empty stdin.
    return "none";
  }
}

/**
 * All of stdin. An open pipe that stays silent for 3 s is given up with a warning, as the real CLI does; once the
 * first byte is there it is read to its end, however long that takes. `waitForEnd` waits without that limit.
 */
export async function readStdin({ waitForEnd = false } = {}) {
  const kind = stdinKind();
  if (kind === "none" || (kind === "terminal" && !waitForEnd)) return Buffer.alloc(0);
  if (kind === "file") return readFileSync(0);
  const { stdin } = process;
  const chunks = [];
  const silent = await new Promise((resolve) => {
    const timer = waitForEnd ? undefined : setTimeout(() => resolve(true), SILENT_STDIN_MS);
    stdin.on("data", (chunk) => {
      clearTimeout(timer);
      chunks.push(chunk);
    });
    // A writer that resets the connection has said all it will say.
    for (const over of ["end", "close", "error"]) {
      stdin.on(over, () => {
        clearTimeout(timer);
        resolve(false);
      });
    }
  });
  if (silent) {
    stdin.destroy();
    await write(2, STILL_OPEN);
  }
  return Buffer.concat(chunks);
}

/** The prompt made of the argument and of stdin. */
export function joinPrompt(argument, stdin) {
  return [argument, stdin].filter(Boolean).join("\n");
}
