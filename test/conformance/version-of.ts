import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Agent } from "./agents/agent.ts";

/** The version that is meant: `latest` is what npm gives to those who ask for none, `fake` the one that the fake speaks as. */
export async function versionOf(agent: Agent, asked: string): Promise<string> {
  if (asked === "fake") return agent.version;
  if (asked !== "latest") return asked;
  const { stdout } = await promisify(execFile)("npm", ["view", agent.package, "version"], {
    timeout: 60_000,
  });
  return stdout.trim();
}
