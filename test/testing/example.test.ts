import { expect, test } from "vitest";
import { runClaude } from "../../src/index.ts";
import { fakeClaude } from "../../src/testing/index.ts";

test("a suite meets a limit and then an answer, from real processes", async () => {
  await using fake = await fakeClaude({ mode: ["rate-limit", "ok"] }); // from "hardcall/testing"
  const ask = () => runClaude("Hello", { timeout: "20s", env: fake.env });
  await expect(ask()).rejects.toMatchObject({ code: "rate_limited", effect: "rejected" });
  expect((await ask()).value).not.toBe("");
  expect(await fake.calls()).toMatchObject([{ mode: "rate-limit" }, { mode: "ok" }]);
});
