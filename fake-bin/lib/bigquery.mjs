import { fstatSync } from "node:fs";
import { HELP, parseOptions } from "./bigquery-options.mjs";
import { startServer } from "./bigquery-server.mjs";

/** Serves until it is told to stop or the process that started it is gone. */
export async function main(argv) {
  const options = parseOptions(argv, process.env);
  if (options.help) return void process.stdout.write(HELP);
  if (options.problem) return fail(2, options.problem);

  let url;
  try {
    url = await startServer(options);
  } catch (error) {
    return fail(1, `cannot listen on 127.0.0.1:${options.port}: ${error.message}`);
  }
  stopWithParent(() => process.exit(0));
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => process.exit(0));
  process.stdout.on("error", () => process.exit(0)); // nobody reads the URL any more
  process.stdout.write(`${url}\n`);
  return undefined;
}

function fail(exitCode, problem) {
  process.stderr.write(`bigquery: ${problem}\n`);
  process.exitCode = exitCode;
}

const parent = process.ppid;

/** A server that nobody stops would outlive its test run. SIGKILL tells no child: only a new parent shows it. */
function stopWithParent(stop) {
  if (isPipe(0)) process.stdin.on("end", stop).on("error", stop).resume();
  setInterval(() => process.ppid === parent || stop(), 200);
}

/** The end of a pipe says that its other side is gone; a file or /dev/null is at its end from the start. */
function isPipe(fd) {
  try {
    const stat = fstatSync(fd);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false; // closed by whoever started us
  }
}
