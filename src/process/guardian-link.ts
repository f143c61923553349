import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { spawnGuardian, type GuardianProgram } from "./spawn-guardian.ts";

/** The pause before the next guardian after one that could not start, was killed at once or was slow: half of the guaranteed 2 s. */
const RESTART_MS = 1000;

/**
 * This process's end of a guardian. It starts the guardian for the first entry, starts another if it is killed, and tells it what is
 * running, one line for each entry: `slot text`, and `slot` alone when that has ended.
 */
export class GuardianLink {
  readonly #onWord: ((word: string) => void) | undefined;
  /** The running trees by their slot at the guardian. Slots are reused, so their number does not grow. */
  readonly #live = new Map<number, string>();
  readonly #freeSlots: number[] = [];
  /** Freed slots that the guardian does not know yet: sent with the next line, or when the event loop is idle. */
  #untold = "";
  #guardian: ChildProcess | undefined;
  #program: GuardianProgram;
  #startedAt = -Infinity;
  #replacedAt = -Infinity;
  #restart: NodeJS.Timeout | undefined;

  /** @param onWord gets each line that the guardian prints; only Node prints any */
  constructor(program: GuardianProgram, onWord?: (word: string) => void) {
    this.#program = program;
    this.#onWord = onWord;
  }

  /** How many are running. */
  get entries(): number {
    return this.#live.size;
  }

  /** A slot for an entry that `set` begins. */
  newSlot(): number {
    // The slots in use and the free ones are always 0 to their sum.
    const slot = this.#freeSlots.pop() ?? this.#live.size;
    this.#live.set(slot, "");
    return slot;
  }

  set(slot: number, text: string): void {
    this.#live.set(slot, text);
    if (this.#guardian === undefined && this.#restart === undefined) this.#start();
    else this.#tell(`${slot} ${text}\n`);
  }

  /** @param isUrgent this process may end at any moment */
  free(slot: number, isUrgent: boolean): void {
    this.#live.delete(slot);
    this.#freeSlots.push(slot);
    if (this.#untold === "" && !isUrgent) setImmediate(() => this.#tell(""));
    this.#untold += `${slot}\n`;
    if (isUrgent) this.#tell("");
  }

  #tell(line: string): void {
    const text = this.#untold + line;
    this.#untold = "";
    const stdin = this.#guardian?.stdin;
    if (text === "" || !stdin?.writable) return;
    stdin.write(text);
    if (stdin.writableLength > 0) this.#replace();
  }

  /**
   * The pipe is full: the guardian is stopped, or some hundred lines behind. What waits in this process would be lost with it, and another
   * guardian is told all in one piece. This one is killed, because it would take the end of its stdin for the end of the host.
   */
  #replace(): void {
    if (performance.now() - this.#replacedAt < RESTART_MS) return;
    this.#replacedAt = performance.now();
    this.#guardian?.kill("SIGKILL");
    this.#start();
  }

  #start(): void {
    this.#startedAt = performance.now();
    const child = spawnGuardian(this.#program);
    if (child === undefined) return this.#startLater();
    this.#guardian = child;
    const gone = () => {
      if (this.#guardian !== child) return;
      this.#guardian = undefined;
      this.#startLater();
    };
    child.once("exit", gone);
    child.once("error", (error: NodeJS.ErrnoException) => {
      // An image without /bin/sh: the same program in Node, at Node's price. For want of a process or a descriptor
      // (EAGAIN, EMFILE) the shell is tried again.
      if (this.#program === "shell" && (error.code === "ENOENT" || error.code === "EACCES")) {
        this.#program = "node";
        this.#startedAt = -Infinity;
      }
      gone();
    });
    child.stdin?.on("error", gone);
    this.#untold = "";
    child.stdin?.write([...this.#live].map(([slot, text]) => `${slot} ${text}\n`).join(""));
    // Without a descriptor left Node starts nothing and gives the child no streams at all, against its types.
    const stdout = child.stdout as ChildProcess["stdout"] | undefined;
    if (stdout) createInterface({ input: stdout }).on("line", (word) => this.#onWord?.(word));
    // The guardian must not keep the host alive.
    child.unref();
    for (const pipe of [child.stdin, stdout]) (pipe as { unref?: () => void } | null)?.unref?.();
  }

  /** It was killed, or could not start: what is running gets another, at once if the last one has lived for a while. */
  #startLater(): void {
    if (this.#live.size === 0) return;
    const sinceStart = performance.now() - this.#startedAt;
    this.#restart = setTimeout(
      () => {
        this.#restart = undefined;
        if (this.#live.size > 0) this.#start();
      },
      sinceStart > RESTART_MS ? 0 : RESTART_MS,
    );
    this.#restart.unref();
  }
}
