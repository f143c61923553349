import { spawn } from "node:child_process";

/**
 * The wrapper that everybody writes first: it does not look at the exit code and returns what was printed, trimmed.
 *
 * @param timeout what those add whose first one hung: `spawn`'s own, in milliseconds
 */
export function askClaude(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeout?: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("claude", ["-p", ...args], {
      env,
      stdio: ["ignore", "pipe", "ignore"],
      ...(timeout !== undefined && { timeout }),
    });
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.on("error", reject);
    // ast-grep-ignore: js-stdout-unchecked, reason: the mistake that the demo is about
    child.on("close", () => resolve(stdout.trim()));
  });
}
