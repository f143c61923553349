import { isWindows } from "../core/is-windows.ts";
import { explainSpawnFailure } from "./spawn-failure.ts";
import type { System } from "./start/system.ts";

const POSIX: System = {
  // A process group of its own, so that the group can be ended without ending us.
  plan: ({ file, args, env }) => ({ file, args, env, detached: true }),
  explain: (_plan, { file, env, cwd }, error) => explainSpawnFailure(file, env, cwd, error),
  // No exit code is above 255, and a crash is a signal.
  crashOf: () => undefined,
};

/** The system of this process. What only Windows needs is loaded with the first command there. */
export async function loadSystem(): Promise<System> {
  return isWindows ? (await import("./windows/system.ts")).WINDOWS : POSIX;
}
