import { expect, test } from "vitest";
import { ledgerPath } from "../helpers/ledger.ts";
import { hardcall } from "../helpers/run.ts";

const listed = async (ledger: string) =>
  JSON.parse(
    (await hardcall(["ledger", "list", "--json", "--ledger", ledger])).stdout.toString(),
  ) as object[];

test("--journal records a call that has no key", async () => {
  const ledger = ledgerPath();
  const run = ["run", "--timeout", "30s", "--ledger", ledger, "--name", "greet"];
  const call = await hardcall([...run, "--journal", "--", "echo", "hello"]);
  expect(call).toMatchObject({ exitCode: 0, stderr: "" });
  expect(call.stdout.toString()).toBe("hello\n");
  expect(await listed(ledger)).toMatchObject([{ name: "greet" }]);
  // Without it nothing is recorded, unless the environment asks for it.
  await hardcall([...run, "--", "echo", "hello"], { env: { HARDCALL_JOURNAL: undefined } });
  expect(await listed(ledger)).toHaveLength(1);
  await hardcall([...run, "--", "echo", "hello"], { env: { HARDCALL_JOURNAL: "1" } });
  expect(await listed(ledger)).toHaveLength(2);
});
