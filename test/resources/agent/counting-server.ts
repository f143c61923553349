import { createServer } from "node:http";
import { onTestFinished } from "vitest";

/** What the callee saw. */
export interface CountingServer {
  readonly url: string;
  /** Most requests at once. */
  readonly most: () => number;
  /** The ids in the order in which their work began. */
  readonly begun: readonly string[];
  /** The ids whose work was done. */
  readonly done: ReadonlySet<string>;
  /** Resolves when all of them are done. */
  finished(ids: readonly string[]): Promise<void>;
}

/** A callee that counts how many ask for its work at the same time. A connection that breaks has stopped asking. */
export async function countingServer(workMs: number): Promise<CountingServer> {
  const begun: string[] = [];
  const done = new Set<string>();
  const watchers = new Set<() => void>();
  let [now, most] = [0, 0];
  const server = createServer((request, response) => {
    const id = new URL(request.url ?? "", "http://localhost").searchParams.get("id") ?? "";
    begun.push(id);
    now += 1;
    most = Math.max(most, now);
    const timer = setTimeout(() => {
      // It is over for the callee before the caller can know.
      end();
      done.add(id);
      response.end();
      for (const watcher of watchers) watcher();
    }, workMs);
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      now -= 1;
    };
    response.on("close", end);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { readonly port: number };
  return {
    url: `http://127.0.0.1:${port}/`,
    most: () => most,
    begun,
    done,
    async finished(ids) {
      while (!ids.every((id) => done.has(id))) {
        const { promise, resolve } = Promise.withResolvers<void>();
        watchers.add(resolve);
        await promise;
        watchers.delete(resolve);
      }
    },
  };
}
