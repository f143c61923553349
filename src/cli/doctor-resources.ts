import { ConfigError } from "../core/errors.ts";
import type { DoctorCheck } from "./doctor-check.ts";
import { FileError } from "./interface/usage-error.ts";
import { unusedResources } from "./resource-unused.ts";
import { resourcesFile } from "./resources-file.ts";

/** Whether the limits that calls share can be read, with the variables that tune them. Only where there is a file of them. */
export function resourceChecks(): readonly DoctorCheck[] {
  const what = "the limits that calls share";
  try {
    const file = resourcesFile();
    if (file === undefined) return [];
    const names = unusedResources().map(({ name }) => name);
    return [{ what, ok: true, found: `${file.path}: ${names.length === 0 ? "none yet" : names.join(", ")}` }];
  } catch (error) {
    if (!(error instanceof FileError) && !(error instanceof ConfigError)) throw error;
    return [{ what, ok: false, found: error.message.replace("\n- ", " ").replaceAll("\n- ", "; ") }];
  }
}
