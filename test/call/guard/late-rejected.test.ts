import { expect, it } from "vitest";
import { defineCall, rejected, task } from "../../../src/index.ts";
import { historyOf, ledgerPath } from "../../helpers/ledger.ts";

it("a rejection that comes after its attempt was given up settles the operation as failed, and the next call may start", async () => {
  const ledger = ledgerPath();
  const first = Promise.withResolvers<string>();
  let starts = 0;
  const call = defineCall({
    name: "late",
    callee: task(() => (++starts === 1 ? first.promise : Promise.resolve("published")), { cancelGrace: 50 }),
    timeout: 300,
    effects: "once",
    key: () => "a",
    ledger,
  });
  expect(await call.settle(undefined)).toMatchObject({ code: "timeout", effect: "unknown" });
  expect(await call.settle(undefined)).toMatchObject({ outcome: "in_doubt" });
  expect(starts).toBe(1);

  first.reject(rejected("the service refused it", { status: 422 }));
  await expect
    .poll(async () => (await historyOf(ledger, "a"))?.record.state, { timeout: 20_000 })
    .toBe("failed");

  expect(await call.settle(undefined)).toMatchObject({ outcome: "executed", value: "published" });
});
