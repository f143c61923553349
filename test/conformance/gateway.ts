import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A fake model API in fake-bin. */
const executable = (api: string) => fileURLToPath(new URL(`../../fake-bin/${api}`, import.meta.url));

export interface Gateway {
  readonly url: string;
  /** Resolves once that many answers were asked for. */
  reached(requests: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a fake model API in a process of its own, with these command line arguments. */
export async function startGateway(args: readonly string[], api = "anthropic-api"): Promise<Gateway> {
  // ast-grep-ignore: js-subprocess-timeout, reason: a server, ended when it is disposed of, and by the end of its stdin
  const child = spawn(process.execPath, [executable(api), ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines = createInterface(child.stdout);
  const url = await Promise.race([
    once(lines, "line").then(([line]) => String(line)),
    exited.then(([code]) =>
      Promise.reject(new Error(`${api} ${args.join(" ")} ended with exit code ${code}`)),
    ),
  ]);
  return {
    url,
    async reached(requests) {
      await fetch(`${url}/__requests?wait=${requests}`);
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
    },
  };
}
