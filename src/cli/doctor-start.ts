import { openCompileCache } from "./compile-cache.ts";
import type { DoctorCheck } from "./doctor-check.ts";

/** Whether a start of the command line finds its code compiled. No guarantee rests on it. */
export function compileCacheCheck(): DoctorCheck {
  const cache = openCompileCache();
  const isUsed = "folder" in cache;
  return { what: "starts use compiled code", ok: isUsed, found: isUsed ? cache.folder : cache.why };
}
