#!/usr/bin/env node
// Stands between an SDK and the CLI. Writes every line that passes into TEE_LOG, in order, with who sent it.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const { TEE_LOG, TEE_TARGET } = process.env;
const args = process.argv.slice(2);
const note = (from, what) => appendFileSync(TEE_LOG, `${JSON.stringify({ from, what })}\n`);

note("args", args);
// ast-grep-ignore: js-subprocess-timeout, reason: it ends with its stdin, which the SDK closes
const child = spawn(TEE_TARGET, args, { stdio: ["pipe", "pipe", "inherit"] });
// A process that has ended reads no more; its exit says so.
child.stdin.on("error", () => {});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
createInterface({ input: process.stdin })
  .on("line", (line) => {
    note("sdk", JSON.parse(line));
    child.stdin.write(`${line}\n`);
  })
  .on("close", () => {
    note("stdin", "end");
    child.stdin.end();
  });
createInterface({ input: child.stdout }).on("line", (line) => {
  note("cli", JSON.parse(line));
  process.stdout.write(`${line}\n`);
});
child.on("close", (code, signal) => {
  note("exit", String(signal ?? code));
  process.exit(code ?? 1);
});
