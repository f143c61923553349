import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { LineProcess } from "../../helpers/line-process.ts";
import type { GateCommand, GateEvent } from "./fixtures/gate-process.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/gate-process.ts", import.meta.url));

/** A real process with a gate of its own; see fixtures/gate-process.ts. It is ended with the test. */
export class GateProcess {
  readonly events: GateEvent[] = [];
  readonly #process: LineProcess;
  readonly #watchers = new Set<() => void>();
  #hasClosed = false;

  constructor() {
    this.#process = new LineProcess(process.execPath, [FIXTURE], { ...process.env, NODE_OPTIONS: "" });
    this.#process.lines.on("line", (line) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- printed by the fixture
      this.events.push(JSON.parse(line) as GateEvent);
      this.#look();
    });
    this.#process.lines.on("close", () => {
      this.#hasClosed = true;
      this.#look();
    });
    onTestFinished(() => this.end());
  }

  /** Opens a gate. @returns when it is open */
  static async open(command: Omit<GateCommand & { readonly do: "open" }, "do">): Promise<GateProcess> {
    const child = new GateProcess();
    child.tell({ do: "open", ...command });
    await child.until(() => child.all("ready").length === 2);
    return child;
  }

  get pid(): number {
    return this.#process.pid;
  }

  tell(command: GateCommand): void {
    this.#process.say(command);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.signal(signal);
  }

  /** It has nothing more to expect, and may end by itself. */
  close(): void {
    this.#process.close();
  }

  /** Ends it and waits until it has been reaped. */
  async end(): Promise<void> {
    this.signal("SIGKILL");
    await this.#process.exited();
  }

  exited(): Promise<void> {
    return this.#process.exited();
  }

  all(what: GateEvent["what"]): GateEvent[] {
    return this.events.filter((event) => event.what === what);
  }

  /** Waits until one of its calls has come so far. */
  async became(id: string, what: GateEvent["what"]): Promise<GateEvent> {
    const find = () => this.events.find((event) => event.id === id && event.what === what);
    await this.until(() => find() !== undefined);
    return find() as GateEvent;
  }

  /** Waits, with what it prints, until something holds. @throws when it ends before */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#hasClosed) throw new Error(`The process ended: ${this.#process.stderr}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#watchers.add(resolve);
      await promise;
    }
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}
