/**
 * Watches processes that tests start, wherever in the tree they are. Each is `member.ts`, which connects to the witness;
 * its connection ends when the process does, without a word of its own. That needs neither a look at the process table,
 * which lies on Windows, nor a wait.
 *
 * Under Wine 8 a connection can outlive its process. This was seen with processes that were terminated just after their start:
 * the process was gone, and the wineserver kept its socket (`ss -tanp`: CLOSE-WAIT, held by the wineserver alone). Where a
 * connection stays open, the witness therefore asks for the process itself, by its pid.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { withinWaits } from "./within-waits.ts";

/** How long a process may take to start here. Wine under load is slow. */
const START_MS = 60_000;
/** How long it may take to do what it is told. */
const TELL_MS = 60_000;
/** How long it may take to exit when the test is over. */
const END_MS = 10_000;
const MEMBER = path.join(import.meta.dirname, "member.ts");

/** What the witness can tell a member to do. */
export type Order =
  | { readonly do: "print"; readonly text: string; readonly to?: "stdout" | "stderr" }
  /** Starts another member. "pipes" hands it the parent's stdout and stderr. */
  | {
      readonly do: "start";
      readonly name: string;
      readonly stdio?: "ignore" | "pipes";
      readonly detached?: boolean;
    }
  | { readonly do: "exit"; readonly code: number }
  /** Writes stdin to the witness, as `said`, up to its end. */
  | { readonly do: "read stdin" };

interface Member {
  readonly pid: number;
  readonly socket: Socket;
  readonly ended: Promise<void>;
  readonly said: string[];
  /** The errors that it died of. */
  readonly faults: string[];
}

export class Witness {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #arrivals = new Map<string, PromiseWithResolvers<Member>>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => this.#welcome(socket));
  }

  /** For one test. When that is over, all members end. */
  static async open(test: TestContext): Promise<Witness> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const witness = new Witness(server);
    test.after(() => witness.#close());
    return witness;
  }

  /** The arguments that make Node a member of that name. It lives until it is told to exit, is ended, or the test is over. */
  member(name: string): string[] {
    const { port } = this.#server.address() as AddressInfo;
    return [MEMBER, String(port), name];
  }

  /** Waits until a member runs. */
  async arrived(name: string): Promise<{ readonly pid: number }> {
    return await this.#member(name);
  }

  /** Waits until it runs, then tells it what to do. The promise is fulfilled when it has been done, but for an exit. */
  async tell(name: string, order: Order): Promise<void> {
    const { socket, pid, faults } = await this.#member(name);
    assert.ok(
      !socket.destroyed && !hasEnded(pid),
      `${name} (pid ${pid}) has ended, and cannot do: ${order.do}`,
    );
    socket.write(`${JSON.stringify(order)}\n`);
    if (order.do === "exit") return;
    const late = AbortSignal.timeout(TELL_MS);
    const ends = [once(socket, "done"), once(socket, "close"), once(late, "abort")];
    const [line] = (await Promise.race(ends)) as [unknown?];
    const why =
      late.aborted && !hasEnded(pid) ? `has not done within ${TELL_MS} ms` : "ended before it had done";
    assert.equal(line, order.do, `${name} (pid ${pid}) ${why}: ${order.do} ${faults.join()}`);
  }

  /** Waits until it has ended, which it must within so many milliseconds, on a machine that has nothing else to do. */
  async gone(name: string, ms: number): Promise<void> {
    const { ended, pid } = await this.#member(name);
    if (hasEnded(pid)) return;
    const isLate = withinWaits(ms).then(() => "late");
    const how = await Promise.race([ended, isLate]);
    assert.ok(how !== "late" || hasEnded(pid), `${name} (pid ${pid}) lives on after ${ms} ms`);
  }

  /** Fails if the member has ended. */
  async lives(name: string): Promise<void> {
    await this.tell(name, { do: "print", text: "" });
  }

  /** The members that have arrived, or that a test has waited for. */
  names(): string[] {
    return [...this.#arrivals.keys()];
  }

  /** What it has read from stdin. */
  async said(name: string): Promise<string> {
    return (await this.#member(name)).said.join("");
  }

  /** Ends all that still lives: a member exits when its connection does. */
  async #close(): Promise<void> {
    const members = [...this.#arrivals.values()].map(({ promise }) => promise);
    for (const { reject } of this.#arrivals.values()) reject(new Error("The test is over."));
    const known = (await Promise.allSettled(members)).flatMap((one) =>
      one.status === "fulfilled" ? [one.value] : [],
    );
    for (const socket of this.#sockets) socket.end();
    // One that cannot hear it, such as a process that is suspended, must not hold the test: the harness ends it.
    const late = AbortSignal.timeout(END_MS);
    const living = known.filter(({ pid }) => !hasEnded(pid));
    await Promise.race([Promise.all(living.map(({ ended }) => ended)), once(late, "abort")]);
    this.#server.close();
    // Also those of a member that was ended before it said its name: the server waits for all of them.
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }

  async #member(name: string): Promise<Member> {
    const { promise } = this.#arrival(name);
    const late = AbortSignal.timeout(START_MS);
    const isLate = once(late, "abort").then(() => assert.fail(`${name} did not start within ${START_MS} ms`));
    return await Promise.race([promise, isLate]);
  }

  #arrival(name: string): PromiseWithResolvers<Member> {
    const known = this.#arrivals.get(name);
    if (known !== undefined) return known;
    const arrival = Promise.withResolvers<Member>();
    // A member that no test waits for may stay away.
    arrival.promise.catch(() => {});
    this.#arrivals.set(name, arrival);
    return arrival;
  }

  #welcome(socket: Socket): void {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    this.#sockets.add(socket);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      resolve();
    });
    const said: string[] = [];
    const faults: string[] = [];
    const lines = createInterface({ input: socket });
    // A process that is ended resets its connection, and readline passes the error on.
    for (const emitter of [socket, lines]) emitter.on("error", () => undefined);
    lines.on("line", (line) => {
      const message = JSON.parse(line) as Message;
      if ("name" in message)
        this.#arrival(message.name).resolve({ pid: message.pid, socket, ended, said, faults });
      else if ("said" in message) said.push(message.said);
      else if ("fault" in message) faults.push(message.fault);
      else socket.emit("done", message.done);
    });
  }
}

/** Whether there is no such process any more. Its number may be another's by now: then the answer is no. */
function hasEnded(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** What a member tells the witness. */
export type Message =
  | { readonly name: string; readonly pid: number }
  | { readonly said: string }
  | { readonly fault: string }
  | { readonly done: Order["do"] };
