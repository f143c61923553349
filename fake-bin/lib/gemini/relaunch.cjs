// The real CLI starts itself again as a child, to give Node more memory. The process that was started then only waits: it ignores
// SIGINT, SIGTERM and SIGHUP, and SIGKILL of it leaves the child running with the same stdout and stderr.
"use strict";

/** Whether the real CLI would start itself again here. The mode `ignores-signals` always does. */
const relaunches = (modes) =>
  (!process.env.GEMINI_CLI_NO_RELAUNCH && !process.env.SANDBOX) ||
  (modes.includes("ignores-signals") && !process.env.FAKE_GEMINI_RELAUNCHED);

/** Runs the same command line in a child and ends with its exit code; with 1 when a signal ended the child, as the real CLI does. */
function relaunch() {
  // Not at the top: the child loads this file too, and Node takes 5 ms for the module.
  const { spawn } = require("node:child_process");
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
  // ast-grep-ignore: js-subprocess-timeout, reason: the child has the lifetime limit of every fake
  const child = spawn(process.execPath, process.argv.slice(1), {
    stdio: "inherit",
    env: { ...process.env, GEMINI_CLI_NO_RELAUNCH: "true", FAKE_GEMINI_RELAUNCHED: "1" },
  });
  child.on("error", (error) => {
    process.stderr.write(`Error: Failed to start child process: ${error.message}\n`);
    process.exit(1);
  });
  child.on("close", (code) => process.exit(code ?? 1));
}

module.exports = { relaunch, relaunches };
