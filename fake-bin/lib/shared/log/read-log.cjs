"use strict";
const { readFileSync } = require("node:fs");

/**
 * The invocations of a log, in the order of their steps, else of their starts: `mode, flags, prompts, replies, stdin,
 * exitCode, signal` and `ended`, which is false for one that was killed.
 */
function readCalls(path) {
  const calls = new Map();
  const lines = readFileSync(path, "utf8").split("\n");
  for (const [index, line] of lines.entries()) {
    if (line === "") continue;
    let record;
    try {
      record = JSON.parse(line);
    } catch (error) {
      throw new Error(`line ${index + 1} is not JSON`, { cause: error });
    }
    if (record.event === "start")
      calls.set(record.invocation, { ...record, prompts: [], replies: [], ended: false });
    const call = calls.get(record.invocation);
    if (!call) continue;
    if (record.event === "prompt")
      Object.assign(call, { stdin: record.stdin, prompts: [...call.prompts, record.prompt] });
    if (record.event === "reply") {
      const { mode, step, scenarioReply } = record;
      Object.assign(call, { mode, step, replies: [...call.replies, scenarioReply] });
    }
    if (record.event === "end")
      Object.assign(call, { exitCode: record.exitCode, signal: record.signal, ended: true });
  }
  const inOrder = [...calls.values()];
  // oxlint-disable-next-line unicorn/no-array-sort -- toSorted is not in Node 18
  return inOrder.sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
}

module.exports = { readCalls };
