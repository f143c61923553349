import { fileURLToPath } from "node:url";

/** How an MCP server with one tool is started. */
export const SERVER = {
  type: "stdio",
  command: "node",
  args: [fileURLToPath(new URL("../fixtures/mcp-server.mjs", import.meta.url))],
};
