// The MCP servers of a session, and what the SDK asks about them. `ctx.mcp` maps the name of a server to
// `{ config, source, status, error?, serverInfo?, tools?, close? }`; `status` is "connected", "failed" or "disabled".
"use strict";
const { isDeepStrictEqual } = require("node:util");

const serversOf = (ctx) => (ctx.mcp ??= new Map());

/** Connects a server and keeps how that went. */
async function connect(ctx, name) {
  const { config, source } = serversOf(ctx).get(name);
  close(ctx, name);
  const connected = await connectTo(ctx, name, config);
  // The server may have been taken away meanwhile.
  if (serversOf(ctx).get(name)?.config === config) serversOf(ctx).set(name, { config, source, ...connected });
  else connected.close?.();
  return connected;
}

async function connectTo(ctx, name, config) {
  if (config.type === "sdk") return await require("./sdk-mcp.cjs").connectSdkServer(ctx, name);
  if ((config.type ?? "stdio") === "stdio")
    return await require("./stdio-mcp.cjs").connectStdioServer(config);
  const error =
    `This is hardcall's fake claude, which connects to no MCP server over ${config.type}, only to those over stdio ` +
    "and those of the SDK's own process. See fake-bin/README.md.";
  return { status: "failed", error };
}

function close(ctx, name) {
  serversOf(ctx).get(name)?.close?.();
}

/** The rows of `mcp_status`. */
const statusRows = (ctx) =>
  [...serversOf(ctx)].map(([name, { config, source, status, error, serverInfo, tools }]) => ({
    name,
    status,
    ...(error === undefined ? {} : { error }),
    ...(serverInfo === undefined ? {} : { serverInfo }),
    config: withoutSecrets(config),
    transport: config.type ?? "stdio",
    scope: source,
    source,
    ...(tools === undefined ? {} : { tools: tools.map((tool) => ({ name: tool.name, annotations: {} })) }),
  }));

/** The real CLI leaves out what may hold a secret. */
function withoutSecrets({ env: _env, headers: _headers, ...config }) {
  return config;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

async function setServers(ctx, { servers }) {
  if (!isObject(servers) || !Object.values(servers).every(isObject)) {
    return { error: "mcp_set_servers: servers must be an object of config objects" };
  }
  const known = serversOf(ctx);
  const removed = [...known.keys()].filter((name) => !Object.hasOwn(servers, name));
  for (const name of removed) {
    close(ctx, name);
    known.delete(name);
  }
  const changed = Object.keys(servers).filter(
    (name) => !isDeepStrictEqual(known.get(name)?.config, servers[name]),
  );
  const connected = await Promise.all(
    changed.map((name) => {
      close(ctx, name);
      known.set(name, { config: servers[name], source: "dynamic", status: "pending" });
      return connect(ctx, name);
    }),
  );
  const failed = changed
    .map((name, n) => [name, connected[n].error])
    .filter(([, error]) => error !== undefined);
  return { response: { added: changed, removed, errors: Object.fromEntries(failed) } };
}

async function reconnect(ctx, { serverName: name }) {
  if (typeof name !== "string") return { error: "mcp_reconnect: serverName must be a string" };
  const server = serversOf(ctx).get(name);
  if (!server) return { error: `Server not found: ${name}` };
  if (server.status === "disabled") {
    return { error: `MCP server ${name} is disabled — enable it (mcp_toggle) before reconnecting` };
  }
  const { error } = await connect(ctx, name);
  return error === undefined ? {} : { error };
}

async function toggle(ctx, { serverName: name, enabled }) {
  if (typeof name !== "string") return { error: "mcp_toggle: serverName must be a string" };
  if (typeof enabled !== "boolean") return { error: "mcp_toggle: enabled must be a boolean" };
  const server = serversOf(ctx).get(name);
  if (!server) return { error: `Server not found: ${name}` };
  if (!enabled) {
    close(ctx, name);
    const { config, source } = server;
    serversOf(ctx).set(name, { config, source, status: "disabled" });
    return {};
  }
  const { error } = await connect(ctx, name);
  return error === undefined ? {} : { error };
}

function overridePermissionMode(ctx, { serverName: name }) {
  if (serversOf(ctx).has(name)) return { response: {} };
  const warning =
    `MCP server '${name}' is not yet known; override stored but will not apply until a server with that exact name ` +
    "connects.";
  return { response: { warning } };
}

const mcpReplies = {
  mcp_status: (ctx) => ({ response: { mcpServers: statusRows(ctx) } }),
  mcp_set_servers: setServers,
  mcp_reconnect: reconnect,
  mcp_toggle: toggle,
  set_mcp_permission_mode_override: overridePermissionMode,
};

module.exports = { connect, mcpReplies, serversOf, statusRows };
