import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ROOT } from "../../helpers/files.ts";

it("what is published cannot be killed by a fault point, and has no trace of them", () => {
  // Inside the package, where its dependencies are found.
  const folder = mkdtempSync(path.join(ROOT, "node_modules/.cache-build-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  execFileSync(path.join(ROOT, "node_modules/.bin/tsup"), ["--out-dir", folder], {
    cwd: ROOT,
    stdio: "pipe",
    timeout: 60_000,
  });

  const built = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), "utf8"));
  expect(built.some((text) => text.includes("beforeClaim"))).toBe(true);
  expect(built.some((text) => text.includes("HARDCALL_TEST_FAULT_POINT"))).toBe(false);

  const script = `
    import { defineCall, task } from ${JSON.stringify(path.join(folder, "index.js"))};
    const call = defineCall({ name: "x", callee: task(async () => 7), timeout: "20s", effects: "once",
      key: () => "k", ledger: ${JSON.stringify(path.join(folder, "ledger.db"))} });
    console.log((await call(undefined)).value);
  `;
  const env = { ...process.env, HARDCALL_TEST_FAULT_POINT: "afterStarted" };
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
    env,
    timeout: 30_000,
  });
  expect(printed.toString()).toBe("7\n");
});
