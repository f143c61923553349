import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { PidFile, ROOT } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { start, type Started } from "../helpers/run.ts";
import type { WorkerSettings } from "./fixtures/worker.ts";

const WORKER = path.join(ROOT, "test/pg-boss/fixtures/worker.ts");

/** Workers of one queue, each a process of its own, whose command waits for `release()`. */
export class Workers {
  readonly #pids = new PidFile();
  readonly #settings: WorkerSettings;
  readonly ledger = ledgerPath();

  constructor(
    url: string,
    settings: Pick<WorkerSettings, "effects" | "effect" | "stopGrace" | "ownHandler">,
  ) {
    this.#settings = { url, ledger: this.ledger, folder: this.folder, ...settings };
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
