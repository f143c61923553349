import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { COOKIES, helperCookie } from "../../core/cookie.ts";
import { newId } from "../../core/new-id.ts";
import { ownRuntime } from "../../core/own-runtime.ts";
import { helperText } from "./helper-text.ts";
import { canStopReading } from "./young-output.ts";

const NAME = "hardcall-helper";

export interface SpawnedHelper {
  readonly helper: ChildProcess;
  /** In its environment, and so in that of each process that it has forked and that does not run its command yet. */
  readonly cookie: string;
}

/** Starts the helper. `undefined` where that is not possible. */
export function spawnHelper(): SpawnedHelper | undefined {
  const text = helperText();
  const runtime = ownRuntime();
  if (text === undefined || runtime === undefined) return undefined;
  const cookie = helperCookie(newId());
  // Without our own cookies: an outer call that sweeps must not take the helper for a process that was left behind. Without what changes
  // Node: the debugger's port, modules to load first, a coverage report at the end.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== COOKIES && !name.startsWith("NODE_")),
  );
  try {
    // ast-grep-ignore: js-subprocess-timeout, reason: it is there as long as its host, and ends with it
    const helper = spawn(runtime.file, [...runtime.args, text, String(process.pid), NAME], {
      // A session of its own, or Ctrl-C in the terminal would end it together with the host.
      detached: true,
      stdio: ["pipe", "ignore", "ignore", "ipc", "pipe"],
      serialization: "advanced",
      cwd: "/",
      // Named, as Node would hand it on by itself.
      env: { ...env, NODE_V8_COVERAGE: undefined, [COOKIES]: cookie },
    });
    helper.on("error", () => undefined);
    const { stdin, pid } = helper;
    const isUsable = pid !== undefined && stdin !== null && canStopReading(stdin as Socket);
    stdin?.destroy();
    if (isUsable) return { helper, cookie };
    if (pid !== undefined) helper.kill("SIGKILL");
  } catch {
    // No process, descriptor or memory is left (EAGAIN, EMFILE, ENOMEM).
  }
  return undefined;
}
