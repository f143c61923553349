import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { childEnv, ROOT } from "./gate-host.ts";

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `hardcall …` from its source. It is ended with the test. */
export function startHardcall(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  // ast-grep-ignore: js-subprocess-timeout, reason: killed when the test is finished, in `onTestFinished`
  const child = spawn(process.execPath, [path.join(ROOT, "src/cli.ts"), ...args], {
    env: childEnv(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  });
  const ended = (async (): Promise<Ended> => {
    const [stdout, stderr, [exitCode]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit") as Promise<[number | null]>,
    ]);
    return { exitCode, stdout, stderr };
  })();
  return { child, ended };
}

export function hardcall(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  return startHardcall(args, env).ended;
}
