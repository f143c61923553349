import { fileURLToPath } from "node:url";
import type { Arrival } from "../call/guard/publish-server.ts";
import { LineProcess } from "../helpers/line-process.ts";
import { childEnv } from "../helpers/run.ts";
import type { Host } from "./hosts/network.ts";

const SERVICE = fileURLToPath(new URL("processes/service.ts", import.meta.url));

/** The service whose effects are counted, in a process of its own on its host. */
export class Service {
  readonly #process: LineProcess;
  readonly url: string;

  private constructor(running: LineProcess, url: string) {
    this.#process = running;
    this.url = url;
  }

  static async begin(host: Host, seed: string): Promise<Service> {
    const [file, ...args] = [...host.inside, process.execPath, SERVICE, host.address, seed];
    const running = new LineProcess(file, args, childEnv());
    return new Service(running, await running.next());
  }

  /** Everything that it was asked and did, until now. */
  async log(): Promise<readonly Arrival[]> {
    this.#process.say("log");
    return await this.#process.next();
  }

  async end(): Promise<void> {
    this.#process.close();
    await this.#process.exited();
  }
}
