import { closeSync, openSync } from "node:fs";

const ROOM = 8;

/**
 * Descriptors that are kept free for the sockets that the helper hands over: without one free the system would drop the socket, and with it
 * the output of a process that has started.
 */
export class Reserve {
  /** Given up for sockets that are on their way: what starts meanwhile must leave them free. */
  static #expected = 0;
  static readonly #arrivals = new Set<Promise<unknown>>();
  readonly #held: number[] = [];

  /** @returns `undefined` when this process has too few left */
  static take(sockets: number): Reserve | undefined {
    const reserve = new Reserve();
    try {
      for (let count = 0; count < sockets + Reserve.#expected; count++)
        reserve.#held.push(openSync("/dev/null", "r"));
      for (const fd of reserve.#held.splice(sockets)) closeSync(fd);
      return reserve;
    } catch {
      reserve.free();
      return undefined;
    }
  }

  /** Whether so many more are free that something else is not likely to take what is kept here before the sockets come. */
  static hasRoom(): boolean {
    const room = Reserve.take(ROOM);
    room?.free();
    return room !== undefined;
  }

  /** Resolves when the sockets that are on their way now have come. */
  static async arrivals(): Promise<void> {
    await Promise.all(Reserve.#arrivals);
  }

  /** The sockets are asked for. @param arrival resolves when they have come, or none will */
  freeFor(arrival: Promise<unknown>): void {
    const sockets = this.#held.length;
    this.free();
    Reserve.#expected += sockets;
    Reserve.#arrivals.add(arrival);
    void arrival.finally(() => {
      Reserve.#expected -= sockets;
      Reserve.#arrivals.delete(arrival);
    });
  }

  /** No socket will come, or all have. */
  free(): void {
    for (const fd of this.#held.splice(0)) closeSync(fd);
  }
}
