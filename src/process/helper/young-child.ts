import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type { HandOver, OrderedInput, Word } from "./messages.ts";
import { YoungOutput } from "./young-output.ts";

/** For how long the helper reads the output itself: most short commands are over by then, and cost the host no socket. */
const YOUNG_MS = 10;

/** The two ways to the host. */
export interface Host {
  readonly tell: (word: Word) => void;
  readonly give: (message: HandOver, socket: Socket) => void;
}

/** A process whose sockets the helper still has. */
export class YoungChild {
  readonly #id: number;
  readonly #host: Host;
  readonly #outputs: readonly YoungOutput[];
  /** What the host writes its stdin to. */
  readonly #input: Socket | undefined;
  #isOffered = false;

  constructor(id: number, child: ChildProcess, input: OrderedInput, host: Host) {
    this.#id = id;
    this.#host = host;
    this.#outputs = (["stdout", "stderr"] as const).map(
      (of) =>
        new YoungOutput(
          child[of] as Socket,
          (bytes, socket) => {
            if (socket !== undefined) host.give({ type: "output", id, of, bytes }, socket);
            else host.tell({ type: "whole", id, of, base64: bytes.toString("base64") });
          },
          () => this.#offer(),
        ),
    );
    // It ended, or closed its stdin, before it had read everything. Its exit tells whether that matters.
    child.stdin?.on("error", () => undefined);
    if (input === "socket") {
      this.#input = child.stdin as Socket;
      this.#offer();
    } else {
      this.#input = undefined;
      if (input !== "none") child.stdin?.end(input);
      setTimeout(() => this.#offer(), YOUNG_MS);
    }
  }

  /** The host has descriptors free for its sockets. */
  handOver(): void {
    if (this.#input !== undefined && !this.#input.destroyed)
      this.#host.give({ type: "input", id: this.#id }, this.#input);
    for (const output of this.#outputs) output.handOver();
  }

  #offer(): void {
    const isNeeded = this.#input !== undefined || this.#outputs.some(({ isGiven }) => !isGiven);
    if (this.#isOffered || !isNeeded) return;
    this.#isOffered = true;
    this.#host.tell({ type: "offer", id: this.#id });
  }
}
