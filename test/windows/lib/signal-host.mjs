// A program that calls a command and tells how that ended. `node signal-host.mjs listens|does-not-listen FILE ARGS…`
import { runCommand } from "hardcall";

const [how, file, ...args] = process.argv.slice(2);
if (how === "listens") process.on("SIGINT", () => console.log("host: SIGINT"));
process.on("exit", (code) => console.log(`host: exit ${code >>> 0}`));
try {
  await runCommand(file, args, { timeout: "60s" });
  console.log("host: succeeded");
} catch (error) {
  console.log(`host: ${error.code} ${error.effect}`);
}
