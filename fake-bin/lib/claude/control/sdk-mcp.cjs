// MCP servers inside the SDK's own process. JSON-RPC goes to them in control requests, and their answers come back in
// the replies.
"use strict";
const { VERSION } = require("../events/init.cjs");

const PROTOCOL = "2025-11-25";
const CONNECT_MS = 30_000;
// Two go by before the first call: `initialize` and `tools/list`. A manifest takes their place, and their numbers.
const FIRST_CALL_ID = 2;

/** Sends one JSON-RPC message. @returns the host's outcome, with the server's answer as `rpc`. */
async function sendRpc(ctx, server, message, options) {
  const outcome = await ctx.host.ask(
    { subtype: "mcp_message", server_name: server, message: { ...message, jsonrpc: "2.0" } },
    options,
  );
  return { ...outcome, rpc: outcome.response?.mcp_response };
}

/**
 * Connects to a server of the SDK. A newer SDK has sent a manifest ahead, in place of the server's first two answers.
 *
 * @returns `{ status, error, serverInfo, tools, nextId }`
 */
async function connectSdkServer(ctx, name) {
  const manifest = ctx.host.manifests?.[name];
  if (manifest) {
    const { initializeResult: { serverInfo } = {}, toolsListResult: { tools = [] } = {} } = manifest;
    return { status: "connected", serverInfo, tools, nextId: FIRST_CALL_ID };
  }
  const limit = { timeoutMs: Number(process.env.MCP_TIMEOUT) || CONNECT_MS };
  const greeting = await sendRpc(
    ctx,
    name,
    {
      method: "initialize",
      params: { protocolVersion: PROTOCOL, capabilities: {}, clientInfo: clientInfo() },
      id: 0,
    },
    limit,
  );
  if (!greeting.rpc?.result) return failed(greeting);
  await sendRpc(ctx, name, { method: "notifications/initialized" }, limit);
  const list = await sendRpc(ctx, name, { method: "tools/list", id: 1 }, limit);
  if (!list.rpc?.result) return failed(list);
  const { serverInfo } = greeting.rpc.result;
  return { status: "connected", serverInfo, tools: list.rpc.result.tools ?? [], nextId: FIRST_CALL_ID };
}

const failed = ({ error, rpc }) => ({
  status: "failed",
  error: error ?? rpc?.error?.message ?? "the SDK gave no answer",
  tools: [],
});

const clientInfo = () => ({
  name: "claude-code",
  title: "Claude Code",
  description: "Anthropic's agentic coding tool",
  websiteUrl: "https://claude.com/claude-code",
  version: VERSION,
});

/**
 * Calls a tool of a server.
 *
 * @returns `{ content }`, `{ error }` or, when the host has closed its side, `{ closed }`
 */
async function callTool(ctx, { server, tool, input, toolUseId }) {
  const connected = ctx.mcp.get(server);
  if (connected.request) return callProcess(connected, { name: tool, arguments: input });
  const id = connected.nextId++;
  const params = {
    name: tool,
    arguments: input,
    _meta: { "claudecode/toolUseId": toolUseId, progressToken: id },
  };
  const cancelBy = {
    type: "control_request",
    request_id: `cancel-${toolUseId}`,
    request: {
      subtype: "mcp_message",
      server_name: server,
      message: {
        jsonrpc: "2.0",
        method: "notifications/cancelled",
        params: { requestId: id, reason: "AbortError: remote-cancel" },
      },
    },
  };
  const outcome = await sendRpc(ctx, server, { method: "tools/call", params, id }, { cancelBy });
  if (outcome.closed) return { closed: true };
  if (outcome.error !== undefined) return { error: outcome.error };
  const { result, error } = outcome.rpc ?? {};
  if (!result) return { error: error ? `MCP error ${error.code}: ${error.message}` : "no result" };
  return outcomeOf(result);
}

/** Calls a tool of a server that is a process, which the SDK has nothing to do with. */
async function callProcess({ request }, params) {
  try {
    return outcomeOf(await request("tools/call", params));
  } catch (error) {
    return { error: error.message };
  }
}

const outcomeOf = ({ content = [], isError }) => (isError ? { error: textOf(content) } : { content });

const textOf = (content) =>
  content
    .filter(({ type }) => type === "text")
    .map(({ text }) => text)
    .join("\n");

module.exports = { callTool, connectSdkServer };
