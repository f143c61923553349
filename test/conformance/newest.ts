import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Agent } from "./agents/agent.ts";

/** The version, or what npm gives to those who ask for none when it is `latest`. */
export async function newestIf({ package: name }: Agent, version: string): Promise<string> {
  if (version !== "latest") return version;
  const { stdout } = await promisify(execFile)("npm", ["view", name, "version"], { timeout: 60_000 });
  return stdout.trim();
}
