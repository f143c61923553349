import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { awakeMsUntil } from "../../core/machine-time.ts";
import type { Exit, HandOver, OutputName } from "./messages.ts";
import type { Reserve } from "./reserve.ts";
import { RemoteOutput } from "./remote-output.ts";

interface Events {
  exit: [code: number | null, signal: NodeJS.Signals | null];
  error: [error: Error];
}

/** A process that the helper has started, with the part of Node's `ChildProcess` that hardcall uses. */
export class RemoteChild extends EventEmitter<Events> {
  /** 0: the helper died without a word of it, and it may or may not have started. */
  readonly pid: number;
  readonly startTime: number | undefined;
  readonly stdin = null;
  readonly stdout = new RemoteOutput();
  readonly stderr = new RemoteOutput();
  readonly outputsTaken = Promise.all([this.stdout.taken, this.stderr.taken]);
  readonly outputsClosed: Promise<unknown>;
  /** Resolves when its exit was told, or its outputs are closed. */
  readonly hasEndedHalf: Promise<unknown>;
  exitCode: number | null = null;
  signalCode: NodeJS.Signals | null = null;
  readonly #input: Uint8Array | undefined;
  /** Kept free for the sockets that are to come. */
  readonly reserve: Reserve;
  readonly #release: () => void;
  readonly #inContext = AsyncLocalStorage.snapshot();
  #stdin: Socket | undefined;
  #end: Exit | undefined;
  #isOver = false;
  readonly #exited = Promise.withResolvers<void>();

  /**
   * @param input what the host writes to stdin as soon as it has the socket
   * @param release this child no longer keeps the host's event loop alive
   */
  constructor(
    { pid, startTime }: { readonly pid: number; readonly startTime: number | undefined },
    input: Uint8Array | undefined,
    reserve: Reserve,
    release: () => void,
  ) {
    super();
    this.pid = pid;
    this.startTime = startTime;
    this.#input = input;
    this.reserve = reserve;
    this.#release = release;
    const closed = [this.stdout, this.stderr].map(
      (output) => new Promise<void>((resolve) => void output.once("close", resolve)),
    );
    this.outputsClosed = Promise.all(closed);
    this.hasEndedHalf = Promise.race([this.#exited.promise, this.outputsClosed]);
  }

  /** Its exit was told, or never will be. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The helper has nothing more to tell of it. */
  get isDone(): boolean {
    return this.#isOver && this.stdout.isTaken && this.stderr.isTaken;
  }

  /** How long ago the helper collected the process. From then on the system could give its pid to another. */
  exitAgeMs(): number {
    return this.#end === undefined ? Infinity : -awakeMsUntil({ steady: this.#end.at });
  }

  /** For the interface: where the helper is used, a tree is signalled by its numbers. */
  kill(): boolean {
    return false;
  }

  unref(): void {
    this.#release();
  }

  /** Takes a socket. */
  take(message: HandOver, socket: Socket | undefined): void {
    if (message.type === "input") this.#write(socket);
    else this[message.of].receive(message.bytes, socket);
    this.#finishIfDone();
  }

  takeWhole(of: OutputName, bytes: Uint8Array): void {
    this[of].receive(bytes, undefined);
    this.#finishIfDone();
  }

  /** It has ended. */
  end(exit: Exit): void {
    this.#end = exit;
    this.exitCode = exit.code;
    this.signalCode = exit.signal;
    this.#exit();
  }

  /** The helper is gone, and may have read output that nothing tells of now: that is no success, even where the exit was told. */
  lose(): void {
    this.exitCode = null;
    this.signalCode = null;
    for (const output of [this.stdout, this.stderr])
      if (!output.isTaken) output.receive(new Uint8Array(), undefined);
    this.#exit();
    this.#finishIfDone();
  }

  #exit(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stdin?.destroy();
    this.#exited.resolve();
    const tell = () => this.#inContext(() => this.emit("exit", this.exitCode, this.signalCode));
    // Start and exit may be heard in one turn: the call's listeners come in between. Later an exit must be heard in the turn it comes in.
    if (this.listenerCount("exit") === 0) setImmediate(tell);
    else tell();
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (!this.isDone) return;
    this.reserve.free();
    // After the call's own turn, or the host could exit before it.
    setImmediate(this.#release);
  }

  #write(socket: Socket | undefined): void {
    this.#stdin = socket;
    // EPIPE: it ended, or closed its stdin, before it had read everything. Its exit tells whether that matters.
    socket?.on("error", () => undefined);
    if (this.#input !== undefined) socket?.end(this.#input);
  }
}
