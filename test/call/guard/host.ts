import path from "node:path";
import type { FaultPoint } from "../../../src/core/fault-points.ts";
import { childEnv } from "../../helpers/child-env.ts";
import { LineProcess } from "../../helpers/line-process.ts";
import type { Ending, Order, Viewpoint } from "./publish.ts";

/** A real process that makes calls; see fixtures/host.ts. */
export class Host implements AsyncDisposable {
  /** The program that it runs; under Wine a bundle of it, because there each source file takes long to load. */
  static program = path.join(import.meta.dirname, "fixtures/host.ts");
  readonly #process: LineProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(viewpoint: Viewpoint, faultPoint: FaultPoint | undefined) {
    const env = childEnv({ HARDCALL_TEST_FAULT_POINT: faultPoint });
    this.#process = new LineProcess(process.execPath, [Host.program, JSON.stringify(viewpoint)], env);
    this.#lines = this.#process.lines[Symbol.asyncIterator]();
  }

  /** @param faultPoint where it dies of SIGKILL in its first call that comes by */
  static async begin(viewpoint: Viewpoint, faultPoint?: FaultPoint): Promise<Host> {
    const self = new Host(viewpoint, faultPoint);
    await self.#next();
    return self;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Makes a call, and gives how it ended. */
  async publish(order: Order): Promise<Ending> {
    this.#process.say(order);
    return JSON.parse(await this.#next()) as Ending;
  }

  /** Makes a call that this process does not live to see the end of; gives what it died of. */
  async dieOf(order: Order): Promise<string | undefined> {
    this.#process.say(order);
    this.#process.close();
    await this.#process.exited();
    return this.#process.ending;
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.signal(signal);
  }

  /** Waits until it has been reaped. */
  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.#process.signal(signal);
    await this.#process.exited();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`The host ended: ${this.#process.stderr}`);
    return value;
  }
}
