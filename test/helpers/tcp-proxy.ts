import { connect, createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** What is between a client and its server, and can fail as networks do. */
export interface TcpProxy {
  readonly port: number;
  /** The URL of the server, by way of this proxy. */
  readonly url: string;
  /** Nothing passes any more, and no end is told of it, as behind a cable that was pulled. New connections are taken and stay silent. */
  freeze(): void;
  /** What had been sent meanwhile is delivered. */
  thaw(): void;
  /** What the client sends passes, and no answer comes back. */
  swallowAnswers(): void;
  /** Nothing passes any more on the connections that are open, and no end is told of it; new ones pass. */
  deafen(): void;
  /** Ends all connections with a reset; new ones pass. */
  cut(): void;
  /** As `cut`, and new connections are refused until `accept`. */
  refuse(): void;
  accept(): void;
  /**
   * An answer that arrives resets its connection instead of reaching the client: the statement was done.
   *
   * @param how `passing`: how many answers still reach the client; `afterwards`: what becomes of its next connections
   */
  cutAtNextAnswer(how?: {
    readonly passing?: number | undefined;
    readonly afterwards?: "accept" | "refuse";
  }): void;
  /** What the client sends resets its connection instead of reaching the server: the statement was not done. */
  cutAtNextQuestion(how?: { readonly passing?: number | undefined }): void;
  /** What the client sends reaches the server so much later, in its order; `undefined`: at once. */
  delayQuestions: (() => number) | undefined;
  /** How many connections are open. */
  connections(): number;
  /** Is told of each piece that passes. */
  onData: ((from: "client" | "server", bytes: Buffer) => void) | undefined;
  close(): Promise<void>;
}

/** A proxy in front of the server of a URL. The caller closes it. */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(url);
  const pairs = new Set<readonly [Socket, Socket]>();
  const deaf = new WeakSet<readonly [Socket, Socket]>();
  const mode = { frozen: false, mute: false, refusing: false };
  /** How many pieces still pass, of each direction, before one is cut. */
  const passing = { questions: Infinity, answers: Infinity };
  let refusesAfterIt = false;
  let waiting: (() => void)[] = [];
  const ignore = () => undefined;

  const server = createServer((client) => {
    client.on("error", ignore);
    if (mode.refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(Number(port), hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const isDeaf = () => deaf.has(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    const soon = (act: () => void) => (mode.frozen ? void waiting.push(act) : act());
    let sent = Promise.resolve();
    client.on("data", (bytes) =>
      soon(() => {
        if (isDeaf()) return;
        const delayMs = proxy.delayQuestions?.();
        if (delayMs !== undefined) {
          sent = sent.then(() => pause(delayMs)).then(() => void upstream.write(bytes));
          return;
        }
        if (passing.questions-- <= 0) {
          passing.questions = Infinity;
          client.resetAndDestroy();
          end();
          return;
        }
        proxy.onData?.("client", bytes);
        upstream.write(bytes);
      }),
    );
    upstream.on("error", ignore).on("data", (bytes) =>
      soon(() => {
        if (isDeaf()) return;
        if (passing.answers-- <= 0) {
          passing.answers = Infinity;
          mode.refusing = refusesAfterIt;
          client.resetAndDestroy();
          end();
          return;
        }
        if (mode.mute) return;
        proxy.onData?.("server", bytes);
        client.write(bytes);
      }),
    );
    client.on("close", () => soon(end));
    upstream.on("close", () => soon(end));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as { port: number };
  const through = new URL(url);
  through.hostname = "127.0.0.1";
  through.port = String(address.port);

  const cut = () => {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
    pairs.clear();
  };
  const proxy: TcpProxy = {
    port: address.port,
    url: through.href,
    onData: undefined,
    delayQuestions: undefined,
    freeze: () => void (mode.frozen = true),
    thaw() {
      mode.frozen = false;
      const acts = waiting;
      waiting = [];
      for (const act of acts) act();
    },
    swallowAnswers: () => void (mode.mute = true),
    deafen() {
      for (const pair of pairs) deaf.add(pair);
    },
    cut,
    refuse() {
      mode.refusing = true;
      cut();
    },
    accept: () => void (mode.refusing = false),
    cutAtNextAnswer(how = {}) {
      passing.answers = how.passing ?? 0;
      refusesAfterIt = how.afterwards === "refuse";
    },
    cutAtNextQuestion: (how = {}) => void (passing.questions = how.passing ?? 0),
    connections: () => pairs.size,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
  return proxy;
}

/** The same, closed when the test is over. */
export async function tcpProxy(url: string): Promise<TcpProxy> {
  const proxy = await startTcpProxy(url);
  onTestFinished(() => proxy.close());
  return proxy;
}
