// The callee of a command, `publish.mjs <url> <ms> <deaf>`: publishes under HARDCALL_KEY after a while. Plain JavaScript, as each job starts one.
import { request } from "node:http";

const [url, ms, deaf] = process.argv.slice(2);
if (deaf === "true") process.on("SIGTERM", () => undefined);
const {
  HARDCALL_KEY: key = "",
  HARDCALL_CALL_ID: callId,
  HARDCALL_ATTEMPT: attempt,
  FLEET_LIFE: life,
} = process.env;
const ticks = () => Math.round(Number(process.hrtime.bigint()) / 1e6);
const sent = { life, callId, attempt: Number(attempt), isCommand: true, begunTicks: ticks() };
setTimeout(() => {
  const headers = { "idempotency-key": key, "x-pid": String(process.pid), "x-honour-key": "no" };
  const asked = request(url, { method: "POST", headers, agent: false }, (response) => {
    const { statusCode = 0 } = response;
    response.resume().on("end", () => {
      if (statusCode === 200) console.log(`post-${key}`);
      process.exitCode = statusCode === 200 ? 0 : statusCode < 500 ? 4 : 1;
    });
  });
  asked.once("error", () => (process.exitCode = 1));
  asked.end(JSON.stringify({ ...sent, sentTicks: ticks() }));
}, Number(ms));
