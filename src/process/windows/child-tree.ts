/** A process that hardcall started, as Node knows it. */
export interface KillableChild {
  readonly exitCode: number | null;
  readonly signalCode: string | null;
  kill(signal: "SIGKILL"): boolean;
}

/** The process that hardcall started, without what that starts: all that Node can end on Windows by itself. */
export class ChildTree {
  readonly certain = true;
  readonly lookFailed = false;
  readonly unread = 0;
  readonly limit: string;
  readonly #pid: number;
  readonly #child: KillableChild;

  /** @param limit why there is no Job Object */
  constructor(pid: number, child: KillableChild, limit: string) {
    this.#pid = pid;
    this.#child = child;
    this.limit = limit;
  }

  async look(): Promise<readonly number[]> {
    return this.anyKnownAlive() ? [this.#pid] : [];
  }

  anyKnownAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    if (signal !== "SIGCONT") this.#child.kill("SIGKILL");
  }

  killOnSight(): void {}

  leaderExited(): void {}
}
