// The callee of a command, `publish.mjs <url> <ms> <worker> <slow ms>`: publishes under HARDCALL_KEY after so long, by that worker
// after longer, and without care for SIGTERM. Plain JavaScript, as each job starts one.
import { request } from "node:http";

const [url, ms, slowOn, slowMs] = process.argv.slice(2);
const {
  HARDCALL_KEY: key = "",
  HARDCALL_CALL_ID: callId,
  HARDCALL_ATTEMPT: attempt,
  FLEET_LIFE: life,
} = process.env;
const isSlow = life?.startsWith(`${slowOn}.`);
if (isSlow) process.on("SIGTERM", () => undefined);
const ticks = () => Math.round(Number(process.hrtime.bigint()) / 1e6);
const sent = { life, callId, attempt: Number(attempt), isCommand: true, begunTicks: ticks() };
setTimeout(
  () => {
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
  },
  Number(isSlow ? slowMs : ms),
);
