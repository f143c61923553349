import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { commandLineOf, killAll, processesWith } from "../../helpers/processes.ts";
import { childEnv } from "../../helpers/run.ts";

/**
 * Namespaces in which a run makes its hosts. They are nameless: the kernel ends every process and every network device in them as soon as
 * their first process is gone. `unshare` ends that process when it is ended itself, and the kernel ends `unshare` with this process.
 */
const SPACES = ["--net", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"] as const;
const LAB = ["setpriv", "--pdeathsig", "KILL", "unshare", ...SPACES] as const;

const NEEDED = [
  "mount -t tmpfs tmpfs /mnt",
  "ip link add br0 type bridge",
  "ip link add cable type veth peer name eth0",
  "env --ignore-signal=CHLD nsenter --version",
];

/** Whether this machine lets a run make hosts: root on Linux, with iproute2 and util-linux. */
export const canMakeHosts =
  spawnSync(LAB[0], [...LAB.slice(1), "sh", "-c", NEEDED.join(" && ")], { stdio: "ignore", timeout: 30_000 })
    .status === 0;

export interface InLab {
  readonly program: string;
  readonly options: object;
  readonly timeoutMs: number;
  /** Is given each line of text that the program prints. */
  readonly print?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program of `test/fleet/programs` where it can make hosts, or on this one. Its lines are text; the last is JSON, and returned.
 * Whatever it has started or written is gone when this returns.
 *
 * @throws when it ends without a result
 */
export async function inLab<T>({ program, options, timeoutMs, print, signal }: InLab): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-fleet-"));
  // As root, Postgres runs as another user.
  chmodSync(folder, 0o755);
  const file = path.join(import.meta.dirname, "../programs", program);
  const node = [process.execPath, file, JSON.stringify({ ...options, folder, hosts: canMakeHosts })];
  const [first = "", ...args] = canMakeHosts ? [...LAB, ...node] : node;
  const child = spawn(first, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: childEnv({ TMPDIR: folder, HARDCALL_LOG_LEVEL: "silent", HARDCALL_LEDGER: undefined }),
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    signal,
  });
  try {
    let stderr = "";
    let last = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-8000)));
    const ended = new Promise<string>((resolve) => {
      child.once("error", ({ message }) => resolve(message));
      child.once("close", (exitCode, killedBy) => resolve(String(killedBy ?? exitCode)));
    });
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("{")) last = line;
      else print?.(line);
    }
    const how = await ended;
    if (how !== "0" || last === "") throw new Error(`${program} ended with ${how}: ${stderr}`);
    return JSON.parse(last) as T;
  } finally {
    child.kill("SIGKILL");
    // Without namespaces a program that failed leaves its workers, which have the folder in their environment, and Postgres.
    killAll(processesWith(folder));
    killAll(processesWith("").filter((pid) => commandLineOf(pid).includes(folder)));
    rmSync(folder, { recursive: true, force: true });
  }
}
