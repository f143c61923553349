import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
// @ts-expect-error The fakes are plain JavaScript without types.
import { streamEvents } from "../../../fake-bin/lib/anthropic-api/message.mjs";

/** What the model says in one answer: tools to call, or the text that ends the turn. */
export type Step =
  | {
      readonly tools: readonly {
        readonly name: string;
        readonly input: object;
        readonly output?: string;
        readonly isError?: boolean;
      }[];
    }
  | { readonly text: string };

export interface Model {
  readonly url: string;
  /** The bodies of the requests for an answer. */
  readonly requests: readonly Record<string, unknown>[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** A Messages API that gives the steps in order, one per request, and repeats the last one. */
export async function startModel(steps: readonly Step[]): Promise<Model> {
  const requests: Record<string, unknown>[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await readAll(request);
    if (!request.url?.startsWith("/v1/messages") || request.url.includes("count_tokens")) {
      response.writeHead(404, { "content-type": "application/json" });
      return response.end('{"type":"error","error":{"type":"not_found_error","message":"Not Found"}}');
    }
    const asked = JSON.parse(body) as Record<string, unknown>;
    const step = steps[Math.min(requests.length, steps.length - 1)]!;
    requests.push(asked);
    const events: readonly { readonly type: string }[] = [
      ...streamEvents(asked, contentOf(step, requests.length)),
    ];
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "request-id": `req_${requests.length}`,
    });
    return response.end(
      events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
    );
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function contentOf(step: Step, n: number) {
  if ("text" in step) return { content: [{ type: "text", text: step.text }], stopReason: "end_turn" };
  const content = step.tools.map(({ name, input }, index) => ({
    type: "tool_use",
    id: `toolu_${n}_${index}`,
    name,
    input,
  }));
  return { content, stopReason: "tool_use" };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
