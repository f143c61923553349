import type { Step } from "./model.ts";

/** What the conditions need of the official SDK. */
export interface SdkApi {
  query(given: { readonly prompt: string; readonly options: object }): Query;
  createSdkMcpServer(given: object): object;
  tool(name: string, description: string, schema: object, run: (input: Input) => Promise<unknown>): object;
}

export interface Query extends AsyncIterable<{ readonly type: string }> {
  interrupt(): Promise<unknown>;
  close(): void;
}

export type Input = Readonly<Record<string, unknown>>;
export type Options = Readonly<Record<string, unknown>>;

/** A program with the SDK, a model that says this, and what is seen on the wire. */
export interface SdkCondition {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly options?: (sdk: SdkApi, schema: { readonly title: object }) => Options;
  /** Called while a tool call waits for an answer that never comes. */
  readonly whileWaiting?: (query: Query) => void;
}

export const never = () => new Promise<never>(() => {});
export const done: Step = { text: "Done." };
export const call = (name: string, input: Input, output?: string): Step => ({
  tools: [{ name, input, ...(output === undefined ? {} : { output }) }],
});
export const bash = (command: string, output?: string) => call("Bash", { command, description: "x" }, output);

export const touch = [bash("touch made-it"), done];
export const echo = [bash("echo hi", "hi"), done];
export const write = [call("Write", { file_path: "made.txt", content: "x" }), done];

export const allow = async (_: string, input: Input) => ({ behavior: "allow", updatedInput: input });
export const deny = async () => ({ behavior: "deny", message: "Not on a Sunday." });
export const interrupt = (query: Query) => void query.interrupt();
export const close = (query: Query) => query.close();
export const broken = () => Promise.reject(new Error("the callback broke"));
