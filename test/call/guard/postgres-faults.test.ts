import { expect, it } from "vitest";
import { defineCall, task } from "../../../src/index.ts";
import type { CallError } from "../../../src/core/errors.ts";
import { openAs } from "../../ledger/postgres/open.ts";
import { freshDatabase } from "../../helpers/postgres.ts";
import { tcpProxy } from "../../helpers/tcp-proxy.ts";

const RESULT = { id: 7 };

it("a result that Postgres cannot be told is on the error, and in the ledger once Postgres is back", async () => {
  const url = await freshDatabase();
  const proxy = await tcpProxy(url);
  const ledger = await openAs("ann", proxy.url);
  let starts = 0;
  const publish = defineCall({
    name: "publish",
    callee: task(async () => {
      starts += 1;
      proxy.refuse();
      return RESULT;
    }),
    timeout: "4s",
    effects: "once",
    key: () => "lodge/2026-11-20",
    ledger,
  });
  const error = await publish().catch((failure: unknown) => failure as CallError);
  expect(error).toMatchObject({ code: "ledger_unavailable", value: RESULT });
  proxy.accept();
  const other = defineCall({
    name: "publish",
    callee: task(async () => {
      starts += 1;
      return RESULT;
    }),
    timeout: "30s",
    effects: "once",
    key: () => "lodge/2026-11-20",
    onInProgress: "wait",
    ledger: await openAs("bob", url),
  });
  expect(await other()).toMatchObject({ outcome: "replayed", value: RESULT });
  expect(starts).toBe(1);
});
