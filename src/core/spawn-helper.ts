import { show } from "./options.ts";

/**
 * Who starts the processes of calls. `"on"`: the spawning helper, a small process beside the host. `"off"`: the host itself. `"auto"`: the
 * helper once the host is large, because a start copies the page tables of the process that makes it.
 */
export type SpawnHelper = "on" | "off" | "auto";

const SETTINGS: readonly string[] = ["on", "off", "auto"] satisfies SpawnHelper[];

/** Reads `HARDCALL_SPAWN_HELPER`. Unset and empty mean `"auto"`. */
export function readSpawnHelper(
  env: NodeJS.ProcessEnv,
): { readonly setting: SpawnHelper } | { readonly problem: string } {
  const setting = env["HARDCALL_SPAWN_HELPER"] || "auto";
  if (isSpawnHelper(setting)) return { setting };
  return {
    problem: `The environment variable HARDCALL_SPAWN_HELPER is ${show(setting)}; give on, off or auto`,
  };
}

const isSpawnHelper = (setting: string): setting is SpawnHelper => SETTINGS.includes(setting);
