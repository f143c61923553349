import type { ChildProcess } from "node:child_process";
import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { readStat } from "../table/proc.ts";
import { WORDS_FD, type HandOver, type ToHelper, type Word } from "./messages.ts";
import { patience } from "./patience.ts";
import { readLines } from "./read-lines.ts";
import type { SpawnedHelper } from "./spawn-helper.ts";

/** How long the end of a killed helper may take. */
const KILL_MS = 300;

/** Tells the guardian of the helper. @returns a function to be called when the helper is dead: ends what it was about to start */
export type GuardHelper = (helper: {
  readonly cookie: string;
  readonly pid: number;
  readonly startTime: number | undefined;
}) => () => Promise<void>;

export interface HelperEvents {
  readonly onHandOver: (message: HandOver, socket: Socket | undefined) => void;
  readonly onWord: (word: Word) => void;
  /** It is dead, all that it said has been heard, and each process that it has started has the cookie of its call. */
  readonly onGone: () => void;
}

/** The helper as a process: its channel, its pipe of words, and its end. */
export class HelperProcess {
  readonly #helper: ChildProcess;
  readonly #words: Socket;
  readonly #ended: Promise<unknown>;
  readonly #unguard: () => Promise<void>;
  readonly #onGone: () => void;
  /** How many wait for something of it, which keeps the host's event loop alive. */
  #held = 0;
  #isEnding = false;
  #isGone = false;

  constructor({ helper, cookie }: SpawnedHelper, guard: GuardHelper, events: HelperEvents) {
    this.#helper = helper;
    this.#onGone = events.onGone;
    const pid = helper.pid as number;
    this.#unguard = guard({ cookie, pid, startTime: readStat(pid)?.startTime });
    this.#words = helper.stdio[WORDS_FD] as Socket;
    helper.on("message", (message, socket) =>
      events.onHandOver(message as HandOver, socket as Socket | undefined),
    );
    readLines(this.#words, (line) => events.onWord(JSON.parse(line) as Word));
    // What it said before it died is still to be read, and these two come after all of it.
    this.#ended = Promise.all([
      this.#end(helper, "exit"),
      this.#end(helper, "disconnect"),
      this.#end(this.#words, "close"),
    ]);
    helper.unref();
    helper.channel?.unref();
    this.#words.unref();
  }

  /** It is dead, or about to be. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  tell(message: ToHelper): void {
    // The error is that the helper is gone: "exit" follows.
    this.#helper.send(message, () => undefined);
  }

  /** Ends it at once. It starts nothing from now on. */
  kill(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#helper.kill("SIGKILL");
    // One that the kernel does not let die must not hold its calls.
    void patience(this.#ended, KILL_MS).then(() => this.#gone());
  }

  hold(): void {
    if (this.#held++ > 0) return;
    this.#helper.channel?.ref();
    this.#words.ref();
  }

  letGo(): void {
    if (--this.#held > 0) return;
    this.#helper.channel?.unref();
    this.#words.unref();
  }

  #end(emitter: ChildProcess | Socket, event: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    (emitter as EventEmitter).once(event, () => {
      resolve();
      // A channel that broke leaves the helper alive, and it must start nothing more.
      this.kill();
    });
    return promise;
  }

  async #gone(): Promise<void> {
    if (this.#isGone) return;
    this.#isGone = true;
    await this.#unguard();
    this.#onGone();
  }
}
