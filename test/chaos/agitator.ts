import { fileURLToPath } from "node:url";
import { LineProcess } from "../helpers/line-process.ts";
import { Timetable } from "../helpers/timetable.ts";
import type { Disk } from "./disk.ts";
import type { Fault } from "./faults.ts";
import type { HostHandle } from "./host-handle.ts";
import type { WriterOrder } from "./processes/writer.ts";
import type { FaultRecord } from "./records.ts";
import { LIMITS } from "./subject.ts";

const WRITER = fileURLToPath(new URL("processes/writer.ts", import.meta.url));

const AT_WORK_WITHIN_MS = 5000;

/** Does to the run what the plan says, at its time, and writes down what it did. */
export class Agitator {
  readonly log: FaultRecord[] = [];
  readonly counts = new Map<Fault["kind"], number>();
  readonly #disk: Disk;
  readonly #hosts: ReadonlyMap<number, HostHandle>;
  readonly #env: NodeJS.ProcessEnv;
  readonly #timetable = new Timetable();
  #fillers = 0;
  #isOver = false;

  constructor(disk: Disk, hosts: ReadonlyMap<number, HostHandle>, env: NodeJS.ProcessEnv) {
    this.#disk = disk;
    this.#hosts = hosts;
    this.#env = env;
  }

  begin(plan: readonly Fault[]): void {
    for (const fault of plan) this.#timetable.after(fault.atMs, () => this.#commit(fault));
  }

  /** Calls off what is still planned, and takes back what lasts. */
  end(): void {
    this.#isOver = true;
    this.#timetable.end();
  }

  #commit(fault: Fault): void {
    const host = "host" in fault ? this.#hosts.get(fault.host) : undefined;
    // It is dead already, and its next life has not begun.
    if ("host" in fault && host?.isRunning !== true) return;
    const { atMs: _, kind, ...how } = fault;
    if (kind === "full-disk" && !this.#disk.canFill) return;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.log.push({ at: Date.now(), what: `${kind} ${JSON.stringify(how)}`, life: host?.life });
    switch (fault.kind) {
      case "kill":
        return host?.kill();
      case "suspend":
        return host && void this.#suspend(host, fault.forMs);
      case "clock":
        return host?.setWallClock(fault.offsetMs);
      case "full-disk":
        return this.#fill(fault.forMs);
      case "lock":
        return this.#write({ kind: "lock", mode: fault.mode, forMs: fault.forMs }, fault.forMs + 5000);
      case "kill-writer":
        return this.#write({ kind: "forget" }, fault.afterMs);
      default:
        return fault satisfies never;
    }
  }

  /** One that sleeps for longer than its lease does so where it does harm: between the start of an attempt and its request. */
  async #suspend(host: HostHandle, forMs: number): Promise<void> {
    if (forMs > LIMITS.leaseMs) await host.atWork(AT_WORK_WITHIN_MS);
    if (!this.#isOver) this.#timetable.last(forMs, host.suspend());
  }

  #fill(forMs: number): void {
    this.#fillers += 1;
    this.#disk.fill();
    this.#timetable.last(forMs, () => {
      this.#fillers -= 1;
      if (this.#fillers === 0) this.#disk.free();
    });
  }

  /** A process of its own for each. In the end it is killed in the middle of its work. */
  #write(order: WriterOrder, killAfterMs: number): void {
    const writer = new LineProcess(process.execPath, [WRITER, this.#disk.ledger], this.#env);
    const kill = () => writer.signal("SIGKILL");
    writer.lines.once("line", (line) => {
      if (line !== "true") this.log.push({ at: Date.now(), what: `the writer could not: ${line}` });
      this.#timetable.last(killAfterMs, kill);
    });
    this.#timetable.untilEnd(kill);
    writer.say(order);
    writer.close();
  }
}
