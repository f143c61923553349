import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a client to its end. @returns its stdout; it throws with all output when the client fails */
export async function runClient(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  try {
    const options = { env: { ...process.env, ...env }, timeout: 120_000 };
    return (await promisify(execFile)(file, args, options)).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} failed: ${String(error)}\n${stdout}${stderr}`, { cause: error });
  }
}
