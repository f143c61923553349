import path from "node:path";
import type { KillableChild } from "./child-tree.ts";
import type { Job } from "./job.ts";

/** Every process that one attempt started, as the kernel lists them in a Job Object. */
export class JobTree {
  readonly unread = 0;
  readonly limit: string | undefined;
  readonly #job: Job;
  readonly #leader: KillableChild | undefined;
  #lookFailed = false;
  #isOver = false;
  #isClosed = false;

  /**
   * @param leader the first process, if it is our own child
   * @param limit why a process may be outside of the job
   */
  constructor(job: Job, leader?: KillableChild, limit?: string) {
    this.limit = limit;
    this.#job = job;
    this.#leader = leader;
  }

  /** The kernel's list is complete. */
  get certain(): boolean {
    return !this.#lookFailed;
  }

  get lookFailed(): boolean {
    return this.#lookFailed;
  }

  async look(): Promise<readonly number[]> {
    return this.#living();
  }

  anyKnownAlive(): boolean {
    return this.#living().length > 0;
  }

  /**
   * Windows has no signals: a job can be ended at once, and that is all. Ctrl-Break reaches only processes that share a console with the
   * sender ("GenerateConsoleCtrlEvent" in the Windows documentation), and the processes of a call have a hidden one of their own.
   */
  signal(signal: NodeJS.Signals): void {
    if (this.#isClosed || signal === "SIGCONT") return;
    // First alone, because Node then reports a signal; an exit code would look like the program's own.
    this.#leader?.kill("SIGKILL");
    this.#job.terminate();
  }

  /** Nothing is born outside the job, and ending the job ends what is being born. */
  killOnSight(): void {}

  leaderExited(): void {}

  /**
   * The call is over. What could not be ended keeps the job: a look still sees it, and the first that sees nothing closes the job.
   *
   * @param mayLiveOn whether what is left may outlive the call and this process
   */
  end(mayLiveOn: boolean): void {
    this.#isOver = true;
    if (mayLiveOn) this.#job.release();
    if (mayLiveOn || this.#living().length === 0) this.#close();
  }

  #living(): readonly number[] {
    if (this.#isClosed) return [];
    const pids = this.#job.pids();
    this.#lookFailed = pids === undefined;
    const living = (pids ?? []).filter((pid) => this.#counts(pid));
    if (this.#isOver && pids !== undefined && living.length === 0) this.#close();
    return living;
  }

  #close(): void {
    this.#isClosed = true;
    this.#job.close();
  }

  /**
   * Not what has ended since the kernel listed it. Nor the console of a program that has none of its own, which is a process too and ends a
   * moment after its last program.
   */
  #counts(pid: number): boolean {
    const image = this.#job.imageOf(pid);
    const system = path.win32.join(process.env["SystemRoot"] ?? "C:\\Windows", "System32", "conhost.exe");
    return image !== undefined && image.toLowerCase() !== system.toLowerCase();
  }
}
