import { call, done, touch } from "./condition.ts";
import type { Step } from "./model.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * The lines that Python's SDK writes, as its source has them (claude-agent-sdk-python 0.2.143): it is not run here, because
 * its package cannot be had. Each answer to a request of the CLI is the `response` of a success, or an Error.
 */
export interface PythonCondition {
  readonly name: string;
  readonly steps: readonly Step[];
  /** What the SDK adds to its usual arguments. */
  readonly args: readonly string[];
  /** What it adds to `initialize`. */
  readonly initialize?: Json;
  readonly answer: (request: Json) => Json | Error;
}

const ASKED = ["--permission-prompt-tool", "stdio"];
const SERVED = ["--mcp-config", JSON.stringify({ mcpServers: { posts: { type: "sdk", name: "posts" } } })];
const ALLOWED = ["--allowedTools", "mcp__posts__publish"];

const publish = [call("mcp__posts__publish", { title: "A" }), done];

/** The SDK's bridge to a server made with `create_sdk_mcp_server`, with what its tool answers. */
const server = (called: Json) => (request: Json) => {
  const { id, method } = request["message"] as Json;
  // A notification is acknowledged without an id.
  if (id === undefined) return { mcp_response: { jsonrpc: "2.0", result: {} } };
  const results: Json = {
    initialize: {
      protocolVersion: "2025-06-18",
      capabilities: { experimental: {}, tools: { listChanged: false } },
      serverInfo: { name: "posts", version: "1.0.0" },
    },
    "tools/list": {
      tools: [
        {
          name: "publish",
          description: "Publishes a post.",
          inputSchema: { type: "object", properties: { title: { type: "string" } }, required: ["title"] },
        },
      ],
    },
    "tools/call": called,
  };
  const result = results[String(method)];
  return { mcp_response: { jsonrpc: "2.0", id, result } };
};

export const PYTHON_CONDITIONS: readonly PythonCondition[] = [
  {
    name: "python/can_use_tool/allow",
    steps: touch,
    args: ASKED,
    answer: ({ input }) => ({ behavior: "allow", updatedInput: input }),
  },
  {
    name: "python/can_use_tool/deny",
    steps: touch,
    args: ASKED,
    answer: () => ({ behavior: "deny", message: "Not on a Sunday." }),
  },
  {
    name: "python/can_use_tool/raises",
    steps: touch,
    args: ASKED,
    answer: () => new Error("the callback broke"),
  },
  {
    name: "python/hook/deny",
    steps: touch,
    args: [],
    initialize: { hooks: { PreToolUse: [{ matcher: "Bash", hookCallbackIds: ["hook_0"] }] } },
    answer: () => ({
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "deny",
        permissionDecisionReason: "Bash is off.",
      },
    }),
  },
  {
    name: "python/hook/raises",
    steps: touch,
    args: ["--allowedTools", "Bash"],
    initialize: { hooks: { PostToolUse: [{ matcher: null, hookCallbackIds: ["hook_0"], timeout: 10 }] } },
    answer: () => new Error("No hook callback found for ID: hook_0"),
  },
  {
    name: "python/mcp/called",
    steps: publish,
    args: [...ALLOWED, ...SERVED],
    answer: server({ content: [{ type: "text", text: "published A" }], isError: false }),
  },
  {
    name: "python/mcp/error",
    steps: publish,
    args: [...ALLOWED, ...SERVED],
    answer: server({ content: [{ type: "text", text: "the tool broke" }], isError: true }),
  },
  {
    name: "python/mcp/gone",
    steps: publish,
    args: [...ALLOWED, ...SERVED],
    answer: () => new Error("Server 'posts' not found"),
  },
];
