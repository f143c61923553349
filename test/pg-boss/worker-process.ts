import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { openLedger } from "../../src/index.ts";
import type { OperationHistory } from "../../src/ledger/store/store.ts";
import { PidFile, ROOT } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { start, type Started } from "../helpers/run.ts";
import type { WorkerSettings } from "./fixtures/worker.ts";

const WORKER = path.join(ROOT, "test/pg-boss/fixtures/worker.ts");

/** Workers of one queue, each a process of its own, whose command waits for `release()`. */
export class Workers {
  readonly #pids = new PidFile();
  readonly #settings: WorkerSettings;
  readonly ledger: string;

  constructor(
    url: string,
    settings: Pick<WorkerSettings, "effects" | "effect" | "stopGrace" | "ownHandler" | "nested">,
    ledger = ledgerPath(),
  ) {
    this.ledger = ledger;
    this.#settings = { url, ledger, folder: this.folder, ...settings };
  }

  async attempts(key: string): Promise<OperationHistory["attempts"]> {
    const ledger = await openLedger(this.ledger);
    try {
      return (await ledger.show({ callIdOrKey: key }))[0]?.attempts ?? [];
    } finally {
      await ledger.close();
    }
  }

  get folder(): string {
    return path.dirname(this.#pids.path);
  }

  async start(): Promise<Started> {
    const started = start(process.execPath, [WORKER, JSON.stringify(this.#settings)]);
    const { stdout } = started.child;
    if (stdout === null) throw new Error("a worker needs a pipe");
    await Promise.race([
      once(stdout, "data"),
      started.finished.then(({ stderr }) => Promise.reject(new Error(`The worker ended: ${stderr}`))),
    ]);
    return started;
  }

  /** The pids of the commands, once so many have started. */
  commands(count: number): Promise<number[]> {
    return this.#pids.reported(count);
  }

  release(): void {
    writeFileSync(path.join(this.folder, "release"), "");
  }
}
