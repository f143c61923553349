import { describe, expect, test } from "vitest";
import { CallError, defineCall, job, task, type JobDriver, type StandardSchema } from "../../src/index.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { countWaits } from "../helpers/machine.ts";

const never = () => new Promise<never>(() => undefined);

const schemaThat = (validate: StandardSchema["~standard"]["validate"]): StandardSchema => ({
  "~standard": { version: 1, vendor: "test", validate },
});

const done = task(async () => "done");
const common = { name: "bounded", timeout: 300 } as const;

describe("a call settles in its time although there never settles", () => {
  const calls: Readonly<Record<string, [() => { settle(input: void): Promise<unknown> }, object]>> = {
    "its schema": [
      () => defineCall({ ...common, callee: done, effects: "none", output: schemaThat(never) }),
      {
        code: "invalid_output",
        effect: "completed",
        message: expect.stringContaining("could not be validated: the schema took longer than") as string,
      },
    ],
    "its evidence": [
      () => defineCall({ ...common, callee: done, effects: "none", evidence: [never] }),
      { code: "evidence_missing", effect: "completed" },
    ],
    "its logger": [
      () => {
        const logger = { info: never, warn: never, error: never };
        return defineCall({ ...common, callee: done, effects: "none", logger });
      },
      { outcome: "executed" },
    ],
    "the key that its function gives": [
      () =>
        defineCall({
          ...common,
          callee: done,
          effects: "once",
          key: never as unknown as () => string,
          ledger: ledgerPath(),
        }),
      { code: "invalid_config", effect: "not_started" },
    ],
    "the fingerprint that its function gives": [
      () => {
        const driver: JobDriver<void, string> = {
          submit: never,
          status: never,
          cancel: never,
          result: never,
        };
        const callee = job(driver, { fingerprint: never });
        return defineCall({ ...common, callee, effects: "once", key: () => "a", ledger: ledgerPath() });
      },
      { code: "invalid_config", effect: "not_started" },
    ],
  };

  test.each(Object.entries(calls))("%s", async (_, [define, end]) => {
    const waited = countWaits();
    const startedAt = performance.now();
    expect(await define().settle()).toMatchObject(end);
    expect(performance.now() - startedAt).toBeLessThan(1500 + waited());
  });
});

describe("a schema that does not answer at once", () => {
  test("may answer later", async () => {
    const output = schemaThat(async (value) => ({ value: `${value as string}, validated` }));
    const call = defineCall({ ...common, callee: done, effects: "none", output });
    expect(await call()).toMatchObject({ value: "done, validated" });
  });

  test("and fails is an output that could not be validated", async () => {
    const output = schemaThat(async () => Promise.reject(new RangeError("alice@example.com")));
    const error = await defineCall({ ...common, callee: done, effects: "none", output }).settle();
    expect(error).toMatchObject({ code: "invalid_output", effect: "completed" });
    expect((error as CallError).message).not.toContain("alice");
  });

  test("is not waited for after a cancel", async () => {
    const controller = new AbortController();
    const output = schemaThat(() => {
      controller.abort("enough");
      return never();
    });
    const call = defineCall({ ...common, timeout: "10m", callee: done, effects: "once", output });
    expect(await call.settle(undefined, { signal: controller.signal })).toMatchObject({
      code: "cancelled",
      effect: "completed",
      cause: "enough",
    });
  });
});

test("a success that came before a cancel is validated, by a schema that answers later too", async () => {
  const controller = new AbortController();
  const callee = task(async () => {
    controller.abort("enough");
    return "done";
  });
  const output = schemaThat(async (value) => ({ value }));
  const call = defineCall({ ...common, timeout: "10m", callee, effects: "once", output });
  expect(await call.settle(undefined, { signal: controller.signal })).toMatchObject({ value: "done" });
});
