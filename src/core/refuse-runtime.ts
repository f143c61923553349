import { isRecentEnough, neededVersion, runtimeVersion } from "./node-version.ts";
import { missingRights } from "./rights.ts";

/**
 * Ends the import of hardcall on a Bun or a Deno that lacks something of what it promises, or lacks the right to do it; without this a call
 * would meet it in its middle. An old Node.js gets a ConfigError where a call is defined.
 *
 * @throws Error with one sentence
 */
export function refuseRuntime(
  versions: Readonly<Record<string, string | undefined>> = process.versions,
): void {
  const isNode = versions["bun"] === undefined && versions["deno"] === undefined;
  const problem = isNode || isRecentEnough(versions) ? missingRights() : tooOld(versions);
  if (problem !== undefined) throw new Error(problem);
}

function tooOld(versions: Readonly<Record<string, string | undefined>>): string {
  const [runtime] = neededVersion(versions).split(" ");
  return `hardcall needs ${neededVersion(versions)}, and this is ${runtimeVersion(versions)}; install a newer ${runtime}.`;
}
