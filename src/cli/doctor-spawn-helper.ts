import { readSpawnHelper } from "../core/spawn-helper.ts";
import { spawnHelperState, whyNoHelper } from "../process/helper/state.ts";
import type { DoctorCheck } from "./doctor-check.ts";

/** Only where it is so: with such a value no call starts. Takes it away, so that the trials of doctor can start. */
export function spawnHelperProblem(): DoctorCheck[] {
  const read = readSpawnHelper(process.env);
  if (!("problem" in read)) return [];
  delete process.env["HARDCALL_SPAWN_HELPER"];
  return [{ what: "commands can be started", ok: false, found: `${read.problem}; no call starts` }];
}

/** No guarantee rests on it. Systems and runtimes that never have one get a line only if the variable asks for it. */
export function spawnHelperCheck(): DoctorCheck[] {
  const { setting, isUsed, why, autoBytes } = spawnHelperState();
  const canBeUsed = whyNoHelper() === undefined;
  if (setting !== "on" && !canBeUsed && !isNodeOnLinux()) return [];
  const what = "large hosts start commands fast";
  if (isUsed) return [{ what, ok: true, found: `by a spawning helper: ${why}` }];
  if (setting === "auto" && canBeUsed) {
    const from = `${Math.round(autoBytes / 1024 / 1024)} MiB`;
    return [{ what, ok: true, found: `by a spawning helper, once a host has ${from} of memory` }];
  }
  const found = `the host starts them itself: ${why}. The more memory it has, the longer each start blocks it`;
  return [{ what, ok: false, found }];
}

const isNodeOnLinux = () =>
  process.platform === "linux" && !("bun" in process.versions) && !("deno" in process.versions);
