import path from "node:path";
import { expect, it } from "vitest";
import { defineCall, openLedger, task, type LedgerStore } from "../../src/index.ts";
import { tempFolder } from "../helpers/files.ts";

/** What JavaScript lets an operator's script write. */
type Loose = Record<"list" | "show" | "resolve", (...args: unknown[]) => Promise<unknown>>;

/** A ledger with one call in doubt. */
async function inDoubt() {
  const ledger: LedgerStore = await openLedger(path.join(tempFolder(), "ledger.db"));
  const fails = task(async () => {
    throw new Error("no answer");
  });
  const call = defineCall({
    name: "publish",
    callee: fails,
    timeout: "10s",
    effects: "once",
    key: () => "monday",
    ledger,
  });
  await call.settle();
  return { ledger, loose: ledger as unknown as Loose };
}

const VERDICT = { as: "done", by: "ann", why: "the post is there" };

it.each<[keyof Loose, unknown[], string]>([
  [
    "list",
    [{ stat: "in_doubt" }],
    "stat is not an option; the options are state, name, olderThanMs, limit, after.",
  ],
  [
    "list",
    [{ state: "broken" }],
    'state is "broken"; give one of reserved, started, succeeded, failed, in_doubt.',
  ],
  ["list", ["in_doubt"], 'the options must be an object, not "in_doubt".'],
  ["show", ["monday"], 'the options must be an object, not "monday".'],
  ["show", [{ key: "monday" }], "key is not an option; the options are callIdOrKey, name."],
  ["resolve", ["monday", VERDICT], 'the call is "monday"; give its name and key.'],
  ["resolve", [{ key: "monday" }, VERDICT], "the call is an object; give its name and key."],
  [
    "resolve",
    [
      { name: "publish", key: "monday" },
      { ...VERDICT, as: "yes" },
    ],
    'as is "yes"; give "done" or "absent".',
  ],
  [
    "resolve",
    [
      { name: "publish", key: "monday" },
      { ...VERDICT, forced: true },
    ],
    "forced is not an option; the options are as, by, why, force.",
  ],
])("%s(…%j) is refused, and changes nothing", async (method, args, problem) => {
  const { ledger, loose } = await inDoubt();
  await expect(loose[method](...args)).rejects.toMatchObject({
    code: "invalid_config",
    message: `The arguments of ${method}() are wrong: ${problem}`,
  });
  expect(await ledger.list()).toMatchObject([{ key: "monday", state: "in_doubt" }]);
  await ledger.close();
});

it("resolves what was found", async () => {
  const { ledger } = await inDoubt();
  const [open] = await ledger.list({ state: "in_doubt" });
  if (open === undefined) throw new Error("nothing is in doubt");
  await ledger.resolve(open, { as: "done", by: "ann", why: "the post is there" });
  expect(await ledger.show({ callIdOrKey: "monday" })).toMatchObject([{ record: { state: "succeeded" } }]);
  await ledger.close();
});
