/** Ledgers of a test file, and processes that make calls with them. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { LineProcess } from "../../helpers/line-process.ts";
import type { LedgerLine, LedgerOrder } from "./ledger-host.ts";

export const LEDGER_HOST = path.join(import.meta.dirname, "ledger-host.ts");

/** A folder of the test file. It goes with the machine: Windows removes no ledger that a process, such as this one, still has open. */
export const folder = mkdtempSync(path.join(tmpdir(), "Hardcall ledger "));
let made = 0;
/** The path of a ledger that is not there yet. */
export const newLedger = (): string => path.join(folder, `${++made}`, "ledger.db");

/** A process that makes a call, and is ended with the file. */
export class Host {
  readonly #process: LineProcess;
  // From the start on: a line that comes before it is asked for would be lost.
  readonly #lines: AsyncIterator<string>;

  constructor(order: LedgerOrder) {
    const args = ["--disable-warning=ExperimentalWarning", LEDGER_HOST, JSON.stringify(order)];
    this.#process = new LineProcess(process.execPath, args, process.env);
    this.#lines = this.#process.lines[Symbol.asyncIterator]();
    after(() => this.kill());
  }

  /** `undefined`: it has ended. */
  async next(): Promise<LedgerLine | undefined> {
    const { value, done } = await this.#lines.next();
    return done === true ? undefined : (JSON.parse(value) as LedgerLine);
  }

  begin(): void {
    this.#process.say("begin");
  }

  async kill(): Promise<void> {
    this.#process.signal("SIGKILL");
    await this.#process.exited();
  }

  /** What it says up to its end. */
  async end(): Promise<readonly LedgerLine[]> {
    const lines: LedgerLine[] = [];
    for (let line = await this.next(); line !== undefined; line = await this.next()) lines.push(line);
    assert.ok(lines.length > 0, this.#process.stderr);
    await this.#process.exited();
    return lines;
  }
}

/** Makes a call in a process of its own, and gives how it ended. */
export const callOnce = async (order: LedgerOrder): Promise<LedgerLine | undefined> =>
  (await new Host(order).end()).at(-1);

/** Starts a process whose call is running. */
export async function running(order: LedgerOrder): Promise<Host> {
  const host = new Host({ ...order, does: "hang" });
  assert.deepEqual([await host.next(), await host.next()], ["ready", "began"]);
  return host;
}
