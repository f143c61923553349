// dist/testing/index.d.ts
export { fakeAnthropicApi, type FakeAnthropicApi, type FakeAnthropicApiOptions, type FakeApiRequest, } from "./fake-anthropic-api.ts";
export { fakeClaude, type FakeClaude, type FakeClaudeCall, type FakeClaudeOptions } from "./fake-claude.ts";
export type { FakeServer } from "./fake-server.ts";

// dist/testing/fake-anthropic-api.d.ts
import { type FakeServer } from "./fake-server.ts";
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
export declare function fakeAnthropicApi(options?: FakeAnthropicApiOptions): Promise<FakeAnthropicApi>;

// dist/testing/fake-server.d.ts
export interface FakeServer extends AsyncDisposable {
    readonly url: string;
}
/** Starts a server of `fake-bin`. It listens on the loopback interface only and ends with this process. */
export declare function startFakeServer(program: string, args: readonly string[]): Promise<FakeServer>;

// dist/testing/fake-claude.d.ts
export interface FakeClaudeOptions {
    /** What it does: one mode, or one for each invocation in turn (the last repeats). @default "ok" */
    readonly mode?: string | readonly string[] | undefined;
    /** Replies in full, in place of modes: what `FAKE_CLAUDE_SCENARIO` takes (`fake-bin/scenario.schema.json`). */
    readonly scenario?: object | undefined;
    /** More of its variables, such as `FAKE_CLAUDE_TEXT`. */
    readonly env?: Readonly<Record<string, string>> | undefined;
}
/** One invocation of the fake, as its log has it. It holds no prompt and no value of an environment variable. */
export interface FakeClaudeCall {
    readonly invocation: string;
    readonly argv: readonly string[];
    readonly flags: Readonly<Record<string, unknown>>;
    readonly mode: string | null;
    /** Which of a sequence's steps, from 0. */
    readonly step: number | null;
    readonly pid: number;
    readonly cwd: string;
    readonly prompts: readonly {
        readonly bytes: number;
        readonly sha256: string;
    }[];
    readonly signals: readonly {
        readonly signal: string;
        readonly at: string;
    }[];
    /** Absent for one that was killed, or is still running. */
    readonly exitCode?: number | null | undefined;
}
export interface FakeClaude extends AsyncDisposable {
    /** For the process under test: `{ ...process.env, ...fake.env }`. Has the fake first on `PATH`. */
    readonly env: Readonly<Record<string, string>>;
    /** The executable, for whoever asks for a path (`pathToClaudeCodeExecutable` of the official SDK). */
    readonly path: string;
    /** What was invoked so far, in order. */
    calls(): Promise<FakeClaudeCall[]>;
}
/**
 * A fake `claude` for one test: real processes that really fail, print nothing and hang. Does not change this process's own
 * environment.
 *
 * @example
 * await using fake = await fakeClaude({ mode: ["rate-limit", "ok"] });
 * await runClaude("Hello", { timeout: "5s", env: fake.env });
 */
export declare function fakeClaude(options?: FakeClaudeOptions): Promise<FakeClaude>;
