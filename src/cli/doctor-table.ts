import { isWindows } from "../core/is-windows.ts";
import { processTable } from "../process/process-table.ts";
import type { ProcessTable } from "../process/table/table.ts";
import type { DoctorCheck } from "./doctor-check.ts";

/** Tried: reads all processes once, where that starts a program. Windows has no such line: there a Job Object lists them. */
export async function processTableCheck(): Promise<DoctorCheck[]> {
  const what = "the process table is read";
  const table = processTable();
  switch (table.source) {
    case "/proc":
      return [{ what, ok: true, found: "in /proc, with the environment and the start time of each process" }];
    case "ps":
      return [{ what, ...(await tryPs(table)) }];
    case "none":
      return isWindows ? [] : [{ what, ok: false, found: NONE }];
    case "windows":
      return [];
    default:
      return table.source satisfies never;
  }
}

const NONE =
  "there is none: hardcall finds nothing that leaves its process group, and waits for a lease where the owner of a key has died";

async function tryPs(table: ProcessTable): Promise<Omit<DoctorCheck, "what">> {
  const startedAt = performance.now();
  try {
    await table.snapshot?.({ cookies: [], groups: new Set() });
  } catch {
    return { ok: false, found: "tried: /bin/ps could not be started, failed, or took longer than 1 s" };
  }
  const ms = Math.round(performance.now() - startedAt);
  // A success whose group is empty and whose output is closed is not worth a process: see process-tree.ts.
  const not =
    "after a success hardcall starts it only if a process is left in the group or holds the output open";
  return { ok: true, found: `tried: by /bin/ps, in ${ms} ms; ${not}` };
}
