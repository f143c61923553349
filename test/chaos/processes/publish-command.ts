/** The callee of a command, `publish-command.ts <url> <effects> <heeds>`: it publishes under HARDCALL_KEY. */
import { setTimeout as wait } from "node:timers/promises";
import type { Effects } from "../../../src/core/vocabulary.ts";
import { post } from "../../call/guard/publish-client.ts";
import { thinkMs } from "../subject.ts";

/** The exit code that says that the service refused. */
const REFUSED = 4;

const [url = "", effects = "once", heeds] = process.argv.slice(2);
const { HARDCALL_KEY: key = "", HARDCALL_CALL_ID: callId, HARDCALL_ATTEMPT: attempt } = process.env;
if (heeds === "false") process.on("SIGTERM", () => undefined);
await wait(thinkMs(key, Number(attempt)));
try {
  const body = JSON.stringify({ callId, attempt: Number(attempt) });
  const { id } = await post(url, key, effects as Effects, body);
  console.log(id);
} catch (error) {
  const { status = 0 } = error as { readonly status?: number };
  process.exit(status >= 400 && status < 500 ? REFUSED : 1);
}
