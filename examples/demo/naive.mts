import { spawn } from "node:child_process";

/**
 * A common first wrapper: it ignores the exit code and returns the trimmed stdout.
 *
 * @param timeout the option of `spawn`, in milliseconds
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
