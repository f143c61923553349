import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { release } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { copyApp } from "./app.ts";
import type { Ending, Folders, Machine, NodeRun, System } from "./machine.ts";
import { runToFile } from "./run-to-file.ts";

/** Windows itself, with the Node that runs this. */
export const WINDOWS: System = {
  name: `Windows ${release()} with Node ${process.versions.node}`,
  kind: "windows",
  parallel: 2,
  machine: async (app) => new TemporaryFolder(app),
};

class TemporaryFolder implements Machine {
  readonly #folder: string;
  readonly folders: Folders;

  constructor(app: string) {
    this.#folder = mkdtempSync(path.join(path.dirname(app), "machine-"));
    this.folders = copyApp(app, this.#folder);
    mkdirSync(path.join(this.#folder, "Temp"));
  }

  async node({ folder, args, env, output, limit }: NodeRun): Promise<Ending> {
    const temp = path.join(this.#folder, "Temp");
    return await runToFile([process.execPath, ...args], {
      cwd: this.folders[folder],
      // Nothing of the tester's own: the default ledger and temporary files are here.
      env: { ...process.env, LOCALAPPDATA: this.#folder, TEMP: temp, TMP: temp, ...env },
      output,
      limit,
    });
  }

  /** Those whose command line names the folder: Windows does not show the environment of a process. */
  async processesLeft(): Promise<readonly string[]> {
    const script = `Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.CommandLine)" }`;
    const { stdout } = await promisify(execFile)("powershell.exe", ["-NoProfile", "-Command", script], {
      timeout: 60_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout.split(/\r?\n/).filter((line) => line.includes(this.#folder));
  }

  async end(): Promise<void> {
    for (const line of await this.processesLeft()) endProcess(Number.parseInt(line, 10));
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
