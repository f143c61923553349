/** A host that makes one call, of a command with arguments, and tells its end by its exit code: 0 success, 1 failure. HOST_IDLE: its idle limit. */
import { runCommand } from "hardcall";

const [file, ...args] = process.argv.slice(2);
// A host that ends by its own fault, in the middle of the call, when its stdin says how.
process.stdin.once("data", (how) => {
  if (how.toString() === "exit") process.exit(7);
  throw new Error("The host has a fault.");
});
process.stdin.unref();
await runCommand(file!, args, { timeout: { total: "120s", idle: process.env["HOST_IDLE"] } });
