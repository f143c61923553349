// Which tool a name means: one of the CLI, one of an MCP server inside the SDK, or one that is not there.
"use strict";
const { mcpToolName, offeredTools, TOOLS } = require("../events/init.cjs");

/** The SDK's server and its tool that a name means, and what the event of a call tells of them. */
function describeTool(ctx, name) {
  for (const [server, { status, source, tools }] of ctx.mcp ?? []) {
    const serverTool =
      status === "connected" && tools.find((tool) => mcpToolName(server, tool.name) === name);
    if (serverTool && offeredTools(ctx).includes(name)) {
      return { server, source, serverTool, meta: (block) => toolUseMeta(block, server, serverTool) };
    }
  }
  const [, , tool] = /^mcp__(.+?)__(.+)$/.exec(name) ?? [];
  return {
    meta: ({ id }) => (tool ? { tool_use_meta: [{ id, display_name: displayName({ name: tool }) }] } : {}),
  };
}

const toolUseMeta = ({ id }, server, tool) => ({
  tool_use_meta: [{ id, display_name: displayName(tool), server_display_name: server, tool_name: tool.name }],
});

/** How a person is told of a tool: its title, or its name with a capital. */
const displayName = ({ name, title, annotations }) =>
  title ?? annotations?.title ?? `${name[0].toUpperCase()}${name.slice(1).replaceAll(/[_-]/g, " ")}`;

/**
 * Why a call cannot be made; undefined when it can. A name that no version of the CLI has is taken on trust, as long as
 * the scenario says what the tool gave back.
 */
function whyUnavailable(ctx, { name, server, output, isError }) {
  if (offeredTools(ctx).includes(name)) return undefined;
  const missing = `No such tool available: ${name}`;
  if (TOOLS.includes(name))
    return `${missing}. ${name} is disabled for this session, in subagents as well as here.`;
  const scripted = output !== undefined || isError === true;
  return scripted && server === undefined ? undefined : missing;
}

module.exports = { describeTool, displayName, whyUnavailable };
