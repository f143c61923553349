import { startFakeServer, type FakeServer } from "./fake-server.ts";

export interface FakeAnthropicApiOptions {
  /** What it answers: one mode, or one for each request in turn (the last repeats). @default "ok" */
  readonly mode?: string | readonly string[] | undefined;
  /** The answer's text. */
  readonly text?: string | undefined;
  /** Further flags of `fake-bin/anthropic-api`. */
  readonly args?: readonly string[] | undefined;
}

/** One request, as the server noted it: sizes, no headers and no bodies. */
export interface FakeApiRequest {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly bytes: number;
  /** For a request to `/v1/messages`: how it was answered. */
  readonly mode?: string | undefined;
}

export interface FakeAnthropicApi extends FakeServer {
  /** For whoever speaks to it: `ANTHROPIC_BASE_URL` and a key that is none. */
  readonly env: Readonly<Record<string, string>>;
  requests(): Promise<readonly FakeApiRequest[]>;
}

/**
 * A server on the loopback interface that speaks the Messages API and fails as asked, so that the genuine `claude`, or the
 * official client, meets real failure.
 *
 * @example
 * await using api = await fakeAnthropicApi({ mode: ["529", "ok"] });
 * const client = new Anthropic({ baseURL: api.url, apiKey: "none" });
 */
export async function fakeAnthropicApi(options: FakeAnthropicApiOptions = {}): Promise<FakeAnthropicApi> {
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
