import { accessSync, constants, existsSync } from "node:fs";
import type { Holder } from "../process/hold.ts";
import type { DoctorCheck } from "./doctor-check.ts";

/** How hardcall ends all processes of a call on this machine. */
export function treeEnd(holder: Holder): DoctorCheck {
  if (holder.kind === "group")
    return { what: "process groups are ended", ok: true, found: "with one signal to the whole group" };
  const what = "process trees are ended";
  if (holder.kind === "job") return { what, ok: true, found: "with one Job Object for each call" };
  const found = `only the direct child: ${holder.problem}. Install hardcall with its optional dependencies`;
  return { what, ok: false, found };
}

/** What ends the processes of a call when its host is killed. */
export function hostDeath({ kind }: Holder): DoctorCheck {
  const what = "children die with a killed host";
  if (kind === "child")
    return { what, ok: false, found: "without a Job Object, the processes that a command starts live on" };
  if (kind === "job")
    return { what, ok: true, found: "by Windows, which closes their Job Object with the host" };
  // Its output goes there.
  if (!existsSync("/dev/null"))
    return { what, ok: false, found: "the guardian process cannot start, as this system has no /dev/null" };
  return { what, ok: true, found: `by a guardian process in ${guardian()}` };
}

function guardian(): string {
  try {
    accessSync("/bin/sh", constants.X_OK);
    return "/bin/sh (about 1 MB)";
  } catch {
    // The guardian falls back to Node.
    return "Node (about 45 MB), as there is no /bin/sh";
  }
}
