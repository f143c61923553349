/** From which resident memory of the host on `auto` uses the helper. docs/benchmarks/spawn-helper.md has the figures behind it. */
export const AUTO_BYTES = 256 * 1024 * 1024;

/** Whether to load what starts processes by a helper. This is all that a host without one pays: some microseconds for each start. */
export function mayWantHelper(): boolean {
  if (process.platform !== "linux") return false;
  const asked = process.env["HARDCALL_SPAWN_HELPER"];
  return asked === "on" || (asked !== "off" && (hostBytes() ?? 0) >= AUTO_BYTES);
}

/** The resident memory of this process; `undefined` without `/proc`, or without a descriptor to read it. */
export function hostBytes(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}
