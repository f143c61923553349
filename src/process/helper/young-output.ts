import type { Socket } from "node:net";
import { SMALL_BYTES } from "./messages.ts";

/**
 * What Node's sockets have beneath. No documented way stops one from reading before another process gets it, and what it read then would
 * be lost.
 */
interface Readable {
  readonly _handle?: { readStop?(): number } | null;
}

// oxlint-disable-next-line no-underscore-dangle -- see above
const handleOf = (socket: Socket) => (socket as unknown as Readable)._handle;

/** Whether this Node has what `YoungOutput` needs. */
export const canStopReading = (socket: Socket): boolean => typeof handleOf(socket)?.readStop === "function";

/** What came of an output so far, and the socket for what follows; without one that was all. */
export type Give = (bytes: Buffer, socket: Socket | undefined) => void;

/** The output of a process that has just started. Calls `give` once: at its end, or when it is handed over. */
export class YoungOutput {
  readonly #socket: Socket;
  readonly #give: Give;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #isGiven = false;

  /** @param onFull so much came that the rest is left in the socket */
  constructor(socket: Socket, give: Give, onFull: () => void) {
    this.#socket = socket;
    this.#give = give;
    socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      if (this.#size < SMALL_BYTES) return;
      handleOf(socket)?.readStop?.();
      onFull();
    });
    // EIO of a pipe that broke ends it; what came before it stands.
    socket.on("error", () => undefined);
    // "end" comes while Node still closes it, and a socket that is being closed cannot be handed over.
    for (const event of ["end", "close"] as const) socket.once(event, () => this.#finish(undefined));
  }

  /** Whether nothing more is to be given. */
  get isGiven(): boolean {
    return this.#isGiven;
  }

  handOver(): void {
    const handle = handleOf(this.#socket);
    // Without one it is closed, and "close" is on its way.
    if (this.#isGiven || !handle) return;
    handle.readStop?.();
    this.#finish(this.#socket);
  }

  #finish(socket: Socket | undefined): void {
    if (this.#isGiven) return;
    this.#isGiven = true;
    this.#socket.removeAllListeners("data");
    this.#give(Buffer.concat(this.#chunks), socket);
  }
}
