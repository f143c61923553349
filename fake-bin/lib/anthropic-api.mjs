import { fstatSync } from "node:fs";
import { HELP, parseOptions } from "./anthropic-api-options.mjs";
import { startServer } from "./anthropic-api-server.mjs";

/** Runs the fake until it is told to stop or nobody is left who could tell it. */
export async function main(argv) {
  const options = parseOptions(argv, process.env);
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  if (options.problem) {
    process.stderr.write(`anthropic-api: ${options.problem}\n`);
    process.exitCode = 2;
    return;
  }

  let server;
  try {
    server = await startServer(options);
  } catch (error) {
    process.stderr.write(`anthropic-api: cannot listen on 127.0.0.1:${options.port}: ${error.message}\n`);
    process.exitCode = 1;
    return;
  }
  // Reading stdin and watching the parent begin only now: a starter that is already gone is still seen, because
  // end of file stays readable and the parent's id stays changed.
  onAbandoned(() => process.exit(0));
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => process.exit(0));
  process.stdout.on("error", () => process.exit(0)); // the starter died before it read the URL
  process.stdout.write(`${server.url}\n`);
}

const startedBy = process.ppid;

/** Calls back when the process that started us is gone. A server left behind would hold a CI job open for ever. */
function onAbandoned(stop) {
  if (stdinIsPipe()) process.stdin.on("end", stop).on("error", stop).resume();
  // A parent killed by SIGKILL sends no signal; that its children get another parent is all there is to see.
  setInterval(() => {
    if (process.ppid !== startedBy) stop();
  }, 200);
}

/** Only a pipe says by its end that somebody went away; /dev/null and files are at their end from the start. */
function stdinIsPipe() {
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false; // stdin was closed by the starter, so it cannot tell us anything
  }
}
