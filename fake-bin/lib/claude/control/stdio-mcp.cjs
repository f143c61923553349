// An MCP server that is a process: it is really started, asked for its tools, and ended with this process.
"use strict";
const { spawn } = require("node:child_process");
const { createInterface } = require("node:readline");
const { invocation } = require("../../shared/runtime/invocation.cjs");

const PROTOCOL = "2025-11-25";
const CONNECT_MS = 30_000;

/** Starts the server. @returns how that went, with `request(method, params)` to talk to it, and `close()`. */
async function connectStdioServer({ command, args, env, cwd }) {
  // The real 2.1.329 says so of a configuration without `args`.
  if (args === undefined) return failed("Spread syntax requires ...iterable not be null or undefined");
  const server = startServer(command, args, { env: { ...process.env, ...env }, cwd });
  try {
    const { serverInfo } = await server.request("initialize", {
      protocolVersion: PROTOCOL,
      capabilities: { roots: {}, elicitation: {} },
      clientInfo: { name: "claude-code", version: require("../events/init.cjs").VERSION },
    });
    server.notify("notifications/initialized");
    const { tools = [] } = await server.request("tools/list", {});
    return { status: "connected", serverInfo, tools, request: server.request, close: server.close };
  } catch (error) {
    server.close();
    return failed(error.message);
  }
}

const failed = (error) => ({ status: "failed", error });

function startServer(command, args, options) {
  const child = spawn(command, args, { ...options, stdio: ["pipe", "pipe", "ignore"] });
  if (child.pid) invocation.children.push(child.pid);
  const close = () => child.kill();
  process.once("exit", close);

  const waiting = new Map();
  let lastId = 0;
  const lost = (message) => {
    for (const { reject } of waiting.values()) reject(new Error(message));
    waiting.clear();
  };
  child.once("error", ({ code }) => lost(`${code}: no such file or directory, posix_spawn 'stdio'`));
  child.once("close", () => {
    process.removeListener("exit", close);
    lost("Connection closed");
  });
  // A server that has gone reads nothing.
  child.stdin.on("error", () => {});
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, error, result } = parse(line);
    const one = waiting.get(id);
    waiting.delete(id);
    if (error) one?.reject(new Error(error.message));
    else one?.resolve(result ?? {});
  });

  const send = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const request = (method, params) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      send({ id: lastId, method, params });
      setTimeout(() => reject(new Error(`Connection timed out after ${CONNECT_MS}ms`)), CONNECT_MS).unref();
    });
  return { request, notify: (method) => send({ method }), close };
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return {}; // a line of log, which some servers print on stdout
  }
}

module.exports = { connectStdioServer };
