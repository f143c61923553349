import assert from "node:assert/strict";
import { test } from "node:test";
import { runCommand } from "hardcall";
import { Witness } from "./lib/witness.ts";

test("a command runs, and its output is the value", async (t) => {
  const witness = await Witness.open(t);
  const call = runCommand(process.execPath, witness.member("child"), { timeout: "60s" });
  await witness.tell("child", { do: "print", text: process.platform });
  await witness.tell("child", { do: "exit", code: 0 });
  const { value } = await call;
  assert.equal(value, "win32");
  await witness.gone("child", 5000);
});
