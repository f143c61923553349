import {
  allow,
  broken,
  call,
  close,
  deny,
  done,
  interrupt,
  never,
  type Input,
  type Options,
  type SdkCondition,
} from "./condition.ts";

const mcp = (
  name: string,
  tool: string,
  input: Input,
  more: Options = { allowedTools: ["mcp__posts"] },
): SdkCondition => ({
  name: `mcp/${name}`,
  steps: tool === "" ? [done] : [call(`mcp__posts__${tool}`, input), done],
  options: (sdk, schema) => ({
    mcpServers: {
      posts: sdk.createSdkMcpServer({
        name: "posts",
        version: "1.0.0",
        tools: [
          sdk.tool("publish", "Publishes a post.", schema, async ({ title }) => ({
            content: [{ type: "text", text: `published ${String(title)}` }],
          })),
          sdk.tool("breaks", "Breaks.", {}, broken),
          sdk.tool("refuses", "Refuses.", {}, async () => ({
            isError: true,
            content: [{ type: "text", text: "refused" }],
          })),
          sdk.tool("hangs", "Never answers.", {}, never),
        ],
      }),
    },
    ...more,
  }),
});
const titled = { title: "A" };

export const servers: readonly SdkCondition[] = [
  mcp("listed", "", {}),
  mcp("nobody-to-ask", "publish", titled, {}),
  mcp("allowed", "publish", titled, { allowedTools: ["mcp__posts__publish"] }),
  mcp("allowed/server", "publish", titled),
  mcp("asked", "publish", titled, { canUseTool: allow }),
  mcp("asked/changed-input", "publish", titled, {
    canUseTool: async () => ({ behavior: "allow", updatedInput: { title: "B" } }),
  }),
  mcp("asked/deny", "publish", titled, { canUseTool: deny }),
  mcp("breaks", "breaks", {}),
  mcp("refuses", "refuses", {}),
  mcp("wrong-input", "publish", { title: 1 }),
  mcp("unknown", "nosuch", {}),
  mcp("disallowed", "publish", titled, { disallowedTools: ["mcp__posts__publish"] }),
  { ...mcp("no-answer/interrupt", "hangs", {}), whileWaiting: interrupt },
  { ...mcp("no-answer/close", "hangs", {}), whileWaiting: close },
  mcp("hooked", "publish", titled, {
    allowedTools: ["mcp__posts"],
    hooks: { PreToolUse: [{ hooks: [async () => ({})] }], PostToolUse: [{ hooks: [async () => ({})] }] },
  }),
];
