import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { FaultPoint } from "../../src/call/fault-points.ts";
import { ROOT } from "../helpers/files.ts";
import { childEnv } from "../helpers/run.ts";
import type { Ending, Order, Viewpoint } from "./publish.ts";

const HOST = path.join(ROOT, "test/gate/fixtures/host.ts");

/** A real process that makes calls; see gate/fixtures/host.ts. */
export class Host implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #stderr = "";

  private constructor(viewpoint: Viewpoint, faultPoint: FaultPoint | undefined) {
    // ast-grep-ignore: js-subprocess-timeout, reason: it serves the test, which ends it, in `end()` or `dieOf()`
    this.#child = spawn(process.execPath, [HOST, JSON.stringify(viewpoint)], {
      stdio: ["pipe", "pipe", "pipe"],
      env: childEnv({ HARDCALL_TEST_FAULT_POINT: faultPoint }),
    });
    const { stdin, stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error("a host needs pipes");
    // It may be dead before it has read.
    stdin?.on("error", () => undefined);
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
  }

  /** @param faultPoint where it dies of SIGKILL in its first call that comes by */
  static async begin(viewpoint: Viewpoint, faultPoint?: FaultPoint): Promise<Host> {
    const self = new Host(viewpoint, faultPoint);
    await self.#next();
    return self;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Makes a call, and gives how it ended. */
  async publish(order: Order): Promise<Ending> {
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    return JSON.parse(await this.#next()) as Ending;
  }

  /** Makes a call that this process does not live to see the end of; gives what it died of. */
  async dieOf(order: Order): Promise<NodeJS.Signals | null> {
    const exited = this.#exited();
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
    this.#child.stdin?.end();
    await exited;
    return this.#child.signalCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until it has been reaped. */
  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const exited = this.#exited();
    this.#child.kill(signal);
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #exited(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    await once(this.#child, "exit");
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`The host ended: ${this.#stderr}`);
    return value;
  }
}
