import type { SpawnError } from "./spawn-error.ts";
import type { StartPlan, StartRequest } from "./start-plan.ts";

/** How a command starts and ends on Windows, or on every other system. */
export interface System {
  plan(asked: StartRequest): StartPlan | SpawnError;
  /** Why a start failed that was planned so. */
  explain(plan: StartPlan, asked: StartRequest, error: unknown): SpawnError;
  /** What an exit code says about a process that did not end by itself; `undefined` for a code that a program chose. */
  crashOf(exitCode: number): string | undefined;
}
