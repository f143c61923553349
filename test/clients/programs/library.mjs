// A user's program: one call, one failure, one hang, and a call with a key that is made twice.
import { defineCall, runCommand, task } from "hardcall";

const [ledger] = process.argv.slice(2);
const settled = (promise) =>
  promise.then(
    ({ outcome, value }) => `${outcome}: ${String(value).trim()}`,
    (error) => error.code ?? error.message,
  );
const sh = (script, timeout) => settled(runCommand("sh", ["-c", script], { timeout }));

console.log("call", await sh("echo hello", "30s"));
console.log("failure", await sh("exit 3", "30s"));
console.log("hang", await sh("trap '' TERM; sleep 60 & sleep 60", "1s"));

let ran = 0;
const add = defineCall({
  name: "add",
  callee: task(async () => ++ran),
  timeout: "20s",
  effects: "keyed",
  key: (input) => input,
  ledger,
});
console.log("key", await settled(add("a")), await settled(add("a")));
