import { checkOptions } from "./check-options.ts";
import { startFakeServer, type FakeServer } from "./fake-server.ts";

export interface FakeAnthropicApiOptions {
  /** How it answers: one mode, or a list with one mode per request (the last one repeats). @default "ok" */
  readonly mode?: string | readonly string[] | undefined;
  /** The answer's text. */
  readonly text?: string | undefined;
  /** Further flags of `fake-bin/anthropic-api`, such as `["--tool", "get_weather"]`. */
  readonly args?: readonly string[] | undefined;
}

/** One request that the server received, without headers and body. */
export interface FakeApiRequest {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly bytes: number;
  /** The mode that it took, and that answered it unless it was refused; only for `/v1/messages`. */
  readonly mode?: string | undefined;
  /** The HTTP status with which the server refused a malformed request, as the real one does, or a path that it does not have. */
  readonly refused?: number | undefined;
}

export interface FakeAnthropicApi extends FakeServer {
  /** Environment for its clients: `ANTHROPIC_BASE_URL`, and an API key that is not real. */
  readonly env: Readonly<Record<string, string>>;
  requests(): Promise<readonly FakeApiRequest[]>;
}

/**
 * Starts a server on the loopback interface that implements the Messages API and fails as you choose. Use it to test the real `claude` or
 * the official client.
 *
 * @example
 * await using api = await fakeAnthropicApi({ mode: ["529", "ok"] });
 * const client = new Anthropic({ baseURL: api.url, apiKey: "none" });
 */
export async function fakeAnthropicApi(options: FakeAnthropicApiOptions = {}): Promise<FakeAnthropicApi> {
  checkOptions("fakeAnthropicApi", options, {
    mode: "anything",
    text: "a string",
    args: "a list of strings",
  });
  const args = ["--mode", [options.mode ?? "ok"].flat().join(",")];
  if (options.text !== undefined) args.push("--text", options.text);
  const server = await startFakeServer("anthropic-api", [...args, ...(options.args ?? [])]);
  return {
    ...server,
    env: { ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: "sk-ant-fake-key-for-tests" },
    requests: async () => {
      const answer = await fetch(`${server.url}/__requests`);
      return ((await answer.json()) as { requests: FakeApiRequest[] }).requests;
    },
  };
}
