import { runCommand } from "../call/run-once.ts";
import { CallError } from "../core/errors.ts";
import { SpawnError } from "../process/start/spawn-error.ts";
import type { DoctorCheck } from "./doctor-check.ts";

const NEEDED_FOR = "only hardcall claude and the claude callee need it";

/** Not a guarantee, but the usual question. */
export async function realClaude(): Promise<DoctorCheck> {
  const what = "claude can be started";
  try {
    const { value } = await runCommand("claude", ["--version"], { timeout: "20s", name: "doctor" });
    return { what, ok: true, found: value.slice(0, 80) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    return { what, ok: false, found: `${reasonOf(error)}; ${NEEDED_FOR}` };
  }
}

function reasonOf({ cause, attempts }: CallError): string {
  if (!(cause instanceof SpawnError)) return `claude --version ${attempts.at(-1)?.message ?? "failed"}`;
  if (cause.kind !== "not_found") return cause.message;
  return process.env["PATH"] ? "not on PATH" : "not on PATH, which is empty";
}
