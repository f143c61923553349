"use strict";
const { spawn } = require("node:child_process");
const { invocation, lifetimeMs } = require("../runtime/invocation.cjs");

/**
 * Starts a process in a session of its own, so that no signal to our group reaches it, as the real CLIs do with tools. It ends by
 * itself at the lifetime limit.
 */
function startLingering(stdio) {
  const code = `setTimeout(() => {}, ${lifetimeMs()})`;
  const child = spawn(process.execPath, ["-e", code], { detached: true, stdio, windowsHide: true });
  child.unref();
  invocation.children.push(child.pid);
}

module.exports = { startLingering };
