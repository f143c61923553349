import { runCommand } from "../call/run-once.ts";
import { CallError } from "../core/errors.ts";
import { SpawnError } from "../process/start/spawn-error.ts";
import type { DoctorCheck } from "./doctor-check.ts";
import { AGENTS } from "./interface/tools.ts";

type Agent = (typeof AGENTS)[number];

/** Not a guarantee, but the usual question. */
export const agentChecks = (): Promise<DoctorCheck[]> => Promise.all(AGENTS.map(agentCheck));

async function agentCheck(agent: Agent): Promise<DoctorCheck> {
  const what = `${agent} can be started`;
  try {
    const { value } = await runCommand(agent, ["--version"], { timeout: "20s", name: "doctor" });
    return { what, ok: true, found: value.slice(0, 80) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const found = `${reasonOf(agent, error)}; only hardcall ${agent} and the ${agent} callee need it`;
    return { what, ok: false, found };
  }
}

function reasonOf(agent: Agent, { cause, attempts }: CallError): string {
  if (!(cause instanceof SpawnError)) return `${agent} --version ${attempts.at(-1)?.message ?? "failed"}`;
  if (cause.kind !== "not_found") return cause.message;
  return process.env["PATH"] ? "not on PATH" : "not on PATH, which is empty";
}
