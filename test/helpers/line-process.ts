import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { startAgain } from "./start-again.ts";

/** So much of what a process prints on stderr is kept. */
const STDERR_CHARACTERS = 4000;

/** A program that takes a JSON value a line on stdin, and gives one a line on stdout, for as long as it is wanted. */
export class LineProcess {
  readonly #child: ChildProcess;
  readonly lines: Interface;
  #stderr = "";

  constructor(file: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    // ast-grep-ignore: js-subprocess-timeout, reason: it serves a test or a run, which ends it
    this.#child = startAgain(() => spawn(file, args, { stdio: ["pipe", "pipe", "pipe"], env }));
    const { stdin, stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error("a process of lines needs pipes");
    // It may be dead before it has read.
    stdin?.on("error", () => undefined);
    this.lines = createInterface({ input: stdout });
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_CHARACTERS);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** How it ended; undefined while it runs. */
  get ending(): string | undefined {
    return this.#child.signalCode ?? this.#child.exitCode?.toString();
  }

  say(value: unknown): void {
    this.#child.stdin?.write(`${JSON.stringify(value)}\n`);
  }

  /** The next line that it prints, as the value that it is. @throws when it ends without one */
  async next<T>(): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const onClose = () => reject(new Error(`The process ended: ${this.#stderr}`));
    this.lines.once("line", resolve).once("close", onClose);
    try {
      return JSON.parse(await promise) as T;
    } finally {
      this.lines.off("line", resolve).off("close", onClose);
    }
  }

  /** It has nothing more to expect. */
  close(): void {
    this.#child.stdin?.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until it has been reaped. */
  async exited(): Promise<void> {
    if (this.ending === undefined) await once(this.#child, "exit");
  }
}
