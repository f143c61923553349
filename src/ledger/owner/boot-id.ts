import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import type { ProcessTable } from "../../process/table/table.ts";
import { windowsBootId } from "../../process/windows/boot.ts";

/** Names the boot of this machine; `""` when it cannot be known, and then liveness is unknown and leases decide. */
export function bootId(source: ProcessTable["source"]): string {
  if (source === "/proc") return linuxBootId();
  if (source === "windows") return windowsBootId();
  return process.platform === "linux" ? "" : minuteOfBoot();
}

function linuxBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return ""; // A masked /proc.
  }
}

/** Two processes may read two neighbouring minutes, and a clock that is set gives another one: then leases decide between them. */
const minuteOfBoot = () => `${process.platform}:${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
