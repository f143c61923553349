import { runServer } from "../shared/run-server.mjs";
import { HELP, parseOptions } from "./options.mjs";
import { startServer } from "./server.mjs";

/** Serves until it gets a signal or its parent process is gone. */
export async function main(argv) {
  const options = parseOptions(argv, process.env);
  await runServer({ name: "gemini-api", help: HELP, options, start: startServer });
}
