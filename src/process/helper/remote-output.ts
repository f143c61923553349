import { AsyncLocalStorage } from "node:async_hooks";
import type { Socket } from "node:net";
import { Readable } from "node:stream";

/** The output of a process that the helper has started: first what the helper has read, then what comes from the socket itself. */
export class RemoteOutput extends Readable {
  /** Listeners run in the context of the call, as those of a child's own streams do, and not of the helper's channel. */
  readonly #inContext = AsyncLocalStorage.snapshot();
  #socket: Socket | undefined;
  readonly #taken = Promise.withResolvers<void>();
  #isTaken = false;

  /** Whether all of it is here, or the socket for what follows. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Resolves when it is. */
  get taken(): Promise<void> {
    return this.#taken.promise;
  }

  /** The socket that the process holds the other end of, once it is here. */
  get socket(): Socket | undefined {
    return this.#socket;
  }

  /** @param socket where what follows is read; `undefined` if `bytes` are all */
  receive(bytes: Uint8Array, socket: Socket | undefined): void {
    this.#isTaken = true;
    this.#taken.resolve();
    if (this.destroyed) {
      socket?.destroy();
      return;
    }
    this.#socket = socket;
    this.#inContext(() => {
      if (bytes.length > 0) this.push(bytes);
      if (socket === undefined) this.push(null);
      else this.#follow(socket);
    });
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket?.destroy();
    done(error);
  }

  #follow(socket: Socket): void {
    const within = this.#inContext;
    socket.on("data", (chunk: Buffer) =>
      within(() => {
        if (!this.push(chunk)) socket.pause();
      }),
    );
    socket.once("end", () => within(() => this.push(null)));
    socket.once("error", (error) => within(() => this.destroy(error)));
  }
}
