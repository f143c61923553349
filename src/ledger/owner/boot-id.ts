import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import type { ProcessTable } from "../../process/table/table.ts";
import { windowsBootId } from "../../process/windows/boot.ts";

/** Names the boot of this machine; `""` when it cannot be known, and then liveness is unknown and leases decide. */
export function bootId(source: ProcessTable["source"]): string {
  if (source === "/proc") return linuxBootId();
  if (source === "windows") return windowsBootId();
  if (source === "none" && process.platform === "linux") return "";
  return (process.platform === "darwin" ? macBootId() : undefined) ?? minuteOfBoot();
}

function linuxBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return ""; // A masked /proc.
  }
}

/** `kern.bootsessionuuid` of sysctl(8) on macOS, which is another one after each boot and which no clock changes. */
function macBootId(): string | undefined {
  // Loaded here, as only a Mac needs it.
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { status, stdout } = spawnSync("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"], {
    encoding: "utf8",
    timeout: 1000,
    killSignal: "SIGKILL",
  });
  return status === 0 ? /^[0-9A-F-]{36}$/i.exec(stdout.trim())?.[0] : undefined;
}

/** Whether a boot is named by its minute, so that a clock that is set gives it another name. */
export const movesWithClock = (boot: string): boolean => /^[a-z\d]+:\d{1,9}(?!\d)/.test(boot);

/** Two processes may read two neighbouring minutes, and a clock that is set gives another one: then leases decide between them. */
const minuteOfBoot = () => `${process.platform}:${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
