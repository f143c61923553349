import { fstatSync } from "node:fs";
import { isPipe } from "./stdio.cjs";

/**
 * The whole life of a fake server: prints its URL, then serves until a signal arrives or its parent process is gone.
 *
 * @param name the program, for its messages; `help` its help text
 * @param options what its command line gave: `{ help: true }`, `{ problem }`, or its options with `port`
 * @param start starts it with these options and returns its URL
 */
export async function runServer({ name, help, options, start }) {
  if (options.help) return void process.stdout.write(help);
  if (options.problem) return fail(2, `${name}: ${options.problem}`);

  let url;
  try {
    url = await start(options);
  } catch (error) {
    return fail(1, `${name}: cannot listen on 127.0.0.1:${options.port}: ${error.message}`);
  }
  // A parent that is gone by now is noticed as well: the end of its pipe stays readable, and the parent's id has changed.
  stopWithParent(() => process.exit(0));
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => process.exit(0));
  // The parent closed the pipe before it read the URL.
  process.stdout.on("error", () => process.exit(0));
  process.stdout.write(`${url}\n`);
  return undefined;
}

function fail(exitCode, problem) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = exitCode;
}

const parent = process.ppid;

/** Calls `stop` when the parent process is gone: a server left behind would hold a CI job open for ever. */
function stopWithParent(stop) {
  if (stdinIsPipe()) process.stdin.on("end", stop).on("error", stop).resume();
  // SIGKILL of the parent sends its children no signal. All they can see is that they have another parent.
  setInterval(() => {
    if (process.ppid !== parent || isGone(parent)) stop();
  }, 200);
}

/** On Windows a process keeps the id of its parent when that has ended. */
function isGone(pid) {
  if (process.platform !== "win32") return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Only the end of a pipe says that its other side is gone: /dev/null and files are at their end from the start. */
function stdinIsPipe() {
  try {
    return isPipe(fstatSync(0));
  } catch {
    // The parent closed stdin before it started us, so stdin says nothing about the parent.
    return false;
  }
}
