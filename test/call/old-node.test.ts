import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { ROOT } from "../helpers/files.ts";

it("a Node.js that is too old is a ConfigError of the definition, not a TypeError of the first call", async () => {
  const script = `
    Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } });
    const { ConfigError, defineCall, task } = await import(${JSON.stringify(path.join(ROOT, "src/index.ts"))});
    try {
      defineCall({ name: "greet", callee: task(async () => "hello"), timeout: "10s", effects: "none" });
    } catch (error) {
      console.log(error instanceof ConfigError, error.problems);
    }`;
  const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    timeout: 20_000,
  });
  expect((await run).stdout.trim()).toBe(
    "true [ 'hardcall needs Node 22.18 or later, and this is 20.19.0' ]",
  );
});
