import { isRecentEnough, neededVersion, runtimeVersion } from "./node-version.ts";

/**
 * Ends the import of hardcall on a Bun or a Deno that lacks something of what it promises; without this a call would meet it in its
 * middle. An old Node.js gets a ConfigError where a call is defined.
 *
 * @throws Error with one sentence
 */
export function refuseOldRuntime(
  versions: Readonly<Record<string, string | undefined>> = process.versions,
): void {
  const isNode = versions["bun"] === undefined && versions["deno"] === undefined;
  if (isNode || isRecentEnough(versions)) return;
  const [runtime] = neededVersion(versions).split(" ");
  throw new Error(
    `hardcall needs ${neededVersion(versions)}, and this is ${runtimeVersion(versions)}; install a newer ${runtime}.`,
  );
}
