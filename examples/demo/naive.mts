import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What the wrapper starts. */
export interface Naive {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The option of `spawn`, in milliseconds. */
  readonly timeout?: number | undefined;
  /** Where the answer is, if not on stdout. */
  readonly answerFile?: string | undefined;
}

/** A common first wrapper: it ignores the exit code and returns the trimmed stdout, or the file that the agent was to write. */
export function askNaively({ file, args, env, timeout, answerFile }: Naive): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], {
      env,
      stdio: ["ignore", "pipe", "ignore"],
      ...(timeout !== undefined && { timeout }),
    });
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.on("error", reject);
    // ast-grep-ignore: js-stdout-unchecked, reason: the mistake that the demo is about
    child.on("close", () => resolve((answerFile ? readFileSync(answerFile, "utf8") : stdout).trim()));
  });
}
