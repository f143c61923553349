import { fakeClaude } from "../../src/testing/index.ts";
import type { CanUseTool, Hook, Input, Message, Sdk } from "./sdk.ts";

/** What a program with callbacks met while the fake took the place of the CLI. */
export interface Met {
  /** The callbacks in the order of their calls, with the tool they were told of. */
  readonly calls: readonly string[];
  readonly messages: readonly Message[];
  readonly error: string | undefined;
}

export interface Program {
  readonly sdk: Sdk;
  /** Tools that the model calls, then says "Done.". */
  readonly tools: readonly { readonly name: string; readonly input?: object; readonly output?: string }[];
  readonly canUseTool?: CanUseTool;
  readonly hooks?: Readonly<Record<string, Hook>>;
  /** Of the schema of the tool's title: zod's own, in the version that the SDK wants. */
  readonly title?: object;
  readonly allowedTools?: readonly string[];
  /** Called once a tool call was seen. */
  readonly onCall?: (query: ReturnType<Sdk["query"]>) => void;
}

/** Runs `query()` of the SDK with callbacks and an MCP server of its own, whose tool `publish` is always there. */
export async function runProgram(program: Program): Promise<Met> {
  const { sdk, tools, canUseTool, hooks = {}, title, allowedTools, onCall } = program;
  const calls: string[] = [];
  const noted = (event: string, hook: Hook): Hook => {
    return (input) => {
      calls.push([event, input["tool_name"]].filter(Boolean).join(" "));
      return hook(input);
    };
  };
  const publish = async (input: Input) => {
    calls.push(`publish ${String(input["title"])}`);
    return { content: [{ type: "text", text: `published ${String(input["title"])}` }] };
  };
  await using fake = await fakeClaude({
    scenario: { replies: [{ tools, text: "Done." }] },
    env: { FAKE_CLAUDE_MAX_LIFETIME_MS: "30000" },
  });
  const messages: Message[] = [];
  const met = { calls, messages };
  try {
    const query = sdk.query({
      prompt: "Write the post.",
      options: {
        pathToClaudeCodeExecutable: fake.path,
        env: { ...process.env, ...fake.env },
        settingSources: [],
        ...(allowedTools && { allowedTools }),
        ...(canUseTool && {
          canUseTool: (name, input, more) => {
            calls.push(`canUseTool ${name}`);
            return canUseTool(name, input, more);
          },
        }),
        hooks: Object.fromEntries(
          Object.entries(hooks).map(([event, hook]) => [event, [{ hooks: [noted(event, hook)] }]]),
        ),
        ...(title && {
          mcpServers: {
            posts: sdk.createSdkMcpServer({
              name: "posts",
              version: "1.0.0",
              tools: [sdk.tool("publish", "Publishes a post.", { title }, publish)],
            }),
          },
        }),
      },
    });
    for await (const message of query) {
      messages.push(message);
      if (message.type === "assistant" && JSON.stringify(message).includes("tool_use")) onCall?.(query);
    }
    return { ...met, error: undefined };
  } catch (error) {
    return { ...met, error: (error as Error).message };
  }
}

/** The result, which has to be the last message. */
export function resultOf({ messages }: Met): Message {
  const last = messages.at(-1);
  if (last?.type !== "result") throw new Error("the last message is no result");
  return last;
}

/** What the model was told of its tool calls. */
export const toolResults = ({ messages }: Met): readonly unknown[] =>
  messages
    .filter(({ type }) => type === "user")
    .flatMap(({ message }) => (message as { content: readonly Input[] }).content)
    .filter((block) => block["type"] === "tool_result")
    .map((block) => block["content"]);
