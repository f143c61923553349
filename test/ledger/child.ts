import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Command } from "./fixtures/ledger-process.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/ledger-process.ts", import.meta.url));

/** A real process that works on a ledger; see fixtures/ledger-process.ts. */
export class LedgerProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #stderr = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null || child.stderr === null) throw new Error("the fixture needs pipes");
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
  }

  /** @param umask octal digits for the shell, e.g. `000` */
  static async begin(umask = "022"): Promise<LedgerProcess> {
    // ast-grep-ignore: js-subprocess-timeout, reason: it serves the test, which ends it, in `end()`
    const child = spawn("sh", ["-c", `umask ${umask}; exec "$0" "$1"`, process.execPath, FIXTURE], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    const self = new LedgerProcess(child);
    await self.#next();
    return self;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stderr(): string {
    return this.#stderr;
  }

  async tell(command: Command): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    return JSON.parse(await this.#next());
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it and waits until it has been reaped. */
  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    await exited;
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`The process ended: ${this.#stderr}`);
    return value;
  }
}
