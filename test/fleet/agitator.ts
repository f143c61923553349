import type { PostgresServer } from "../helpers/postgres-server.ts";
import { Timetable } from "../helpers/timetable.ts";
import type { Network } from "./hosts/network.ts";
import type { Fault } from "./plan/faults.ts";
import type { FaultRecord } from "./records.ts";
import type { Worker } from "./worker.ts";

/** Does to the run what the plan says, at its time, and writes down what it did. */
export class Agitator {
  readonly log: FaultRecord[] = [];
  readonly #timetable = new Timetable();
  readonly #network: Network;
  readonly #postgres: PostgresServer;
  readonly #workers: ReadonlyMap<number, Worker>;
  #restarting: Promise<void> = Promise.resolve();

  constructor(network: Network, postgres: PostgresServer, workers: ReadonlyMap<number, Worker>) {
    this.#network = network;
    this.#postgres = postgres;
    this.#workers = workers;
  }

  begin(plan: readonly Fault[]): void {
    for (const fault of plan) this.#timetable.after(fault.atMs, () => this.#commit(fault));
  }

  /** Calls off what is still planned, and takes back what lasts. */
  async end(): Promise<void> {
    this.#timetable.end();
    await this.#restarting;
  }

  #commit(fault: Fault): void {
    const worker = "worker" in fault ? this.#workers.get(fault.worker) : undefined;
    switch (fault.kind) {
      case "kill": {
        if (worker?.isRunning !== true) return;
        this.#note(fault, worker.life.id);
        return worker.kill();
      }
      case "suspend": {
        if (worker?.isRunning !== true) return;
        return this.#last(fault, fault.forMs, worker.suspend(fault.whole), worker.life.id);
      }
      case "cut": {
        const host = this.#network.workers[fault.worker];
        if (host === undefined || this.#network.cut === undefined) return;
        return this.#last(fault, fault.forMs, this.#network.cut(host, this.#network[fault.from], fault.how));
      }
      case "clock": {
        this.#note(fault, worker?.life.id);
        return worker?.setWallClock(fault.offsetMs);
      }
      case "restart": {
        const record = this.#note(fault);
        record.until = Infinity;
        this.#restarting = this.#restart().finally(() => (record.until = Date.now()));
        return;
      }
      default:
        return fault satisfies never;
    }
  }

  async #restart(): Promise<void> {
    await this.#postgres.stop("immediate");
    await this.#postgres.start();
  }

  #last(fault: Fault, forMs: number, undo: () => void, life?: string): void {
    const record = this.#note(fault, life);
    record.until = Infinity;
    this.#timetable.last(forMs, () => {
      undo();
      record.until = Date.now();
    });
  }

  #note(fault: Fault, life?: string): FaultRecord {
    const { atMs: _, kind, ...how } = fault;
    const at = Date.now();
    const what = [kind, life, JSON.stringify(how)].filter((word) => word !== undefined).join(" ");
    const cut = fault.kind === "cut" && { cut: { from: fault.from, how: fault.how } };
    const record: FaultRecord = {
      at,
      until: at,
      what,
      kind,
      worker: "worker" in fault ? fault.worker : undefined,
      ...cut,
    };
    this.log.push(record);
    return record;
  }
}
