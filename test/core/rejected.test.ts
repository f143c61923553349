import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, describe, test } from "vitest";
import { CallError, type Effects, defineCall, rejected, runCommand, task } from "../../src/index.ts";
import { post } from "../call/guard/publish-client.ts";
import { PublishServer } from "../call/guard/publish-server.ts";
import { ledgerPath } from "../helpers/ledger.ts";

/** Ways in which a task fails after it has published; each looks like proof that nothing happened. */
const AFTERWARDS: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  "a command that does not exist": () => runCommand("no-such-notifier", [], { timeout: "10s" }),
  "a refused connection": async () => fetch(await closedUrl()),
  "an HTTP status": async () => Promise.reject(Object.assign(new Error("no"), { status: 422 })),
  "an effect on the error": async () =>
    Promise.reject(Object.assign(new Error("no"), { effect: "rejected", code: "unavailable" })),
  "an effect that says not started": async () =>
    Promise.reject(Object.assign(new Error("no"), { effect: "not_started" })),
  "a rejection as the cause": async () =>
    Promise.reject(new Error("no", { cause: rejected("the notifier said no") })),
  "a copy of a rejection's fields": async () =>
    Promise.reject(Object.assign(new Error("no"), rejected("the notifier said no", { status: 503 }))),
  "an inner call whose own task was rejected": () =>
    defineCall({
      name: "notify",
      callee: task(async () => {
        throw rejected("the notifier said no");
      }),
      timeout: "10s",
      effects: "once",
    })(),
};

/** Where nothing listens any more. */
async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}

describe.each(Object.entries(AFTERWARDS))("a task that publishes and then fails with %s", (_, fail) => {
  const publishThenFail = (server: PublishServer, effects: Effects, probes: string[], ledger: string) => {
    const options = {
      name: "publish",
      callee: task(async (input: string, { key = "", signal }) => {
        await post(`${server.url}/ok`, key, effects, input, signal);
        await fail(server.url);
      }),
      timeout: "20s",
      effects,
      key: () => "a",
      ledger,
      ...(effects === "verifiable" && {
        retry: { attempts: 3, baseDelay: 1 },
        effectWithin: "none",
        probe: () => {
          probes.push("asked");
          return server.effects("a") > 0 ? "present" : "absent";
        },
      }),
    };
    return defineCall(options as Parameters<typeof defineCall<string, unknown, object>>[0]);
  };

  test("asks the probe, and publishes once", async () => {
    const server = await PublishServer.forThisTest();
    const probes: string[] = [];
    const ledger = ledgerPath();
    const first = await publishThenFail(server, "verifiable", probes, ledger).settle("x");
    const second = await publishThenFail(server, "verifiable", probes, ledger).settle("x");
    expect(server.effects("a")).toBe(1);
    expect(probes).not.toEqual([]);
    expect(first.attempts).toMatchObject([{ effect: "unknown" }]);
    expect(["recovered", "replayed"]).toContain(second.outcome);
  });

  test("is in doubt afterwards where nothing can look, and publishes once", async () => {
    const server = await PublishServer.forThisTest();
    const ledger = ledgerPath();
    const first = await publishThenFail(server, "once", [], ledger).settle("x");
    expect(first).toMatchObject({ outcome: "failed", effect: "unknown" });
    const second = await publishThenFail(server, "once", [], ledger).settle("x");
    expect(second).toMatchObject({ outcome: "in_doubt" });
    expect(server.effects("a")).toBe(1);
  });
});

describe("a task that throws rejected()", () => {
  const throwing = (thrown: unknown) =>
    defineCall({
      name: "publish",
      callee: task(async () => {
        throw thrown;
      }),
      timeout: "20s",
      effects: "once",
    }).settle();

  test.each([
    [undefined, "job_failed"],
    [200, "job_failed"],
    [401, "auth"],
    [402, "billing"],
    [408, "unavailable"],
    [422, "invalid_request"],
    [429, "rate_limited"],
    [503, "unavailable"],
    [529, "overloaded"],
  ])("with status %s has the code %s, and no effect", async (status, code) => {
    const thrown = rejected("slot 18:00 of alice@example.com is taken", { status, retryAfterMs: 1500 });
    const error = await throwing(thrown);
    expect(error).toMatchObject({ code, effect: "rejected", cause: thrown, retryAfterMs: 1500 });
    expect((error as CallError).message).toContain(status === undefined ? "rejected" : `${status}`);
  });

  test("may be called again under its key, and is", async () => {
    let starts = 0;
    const call = defineCall({
      name: "publish",
      callee: task(async () => {
        if (++starts < 3) throw rejected("busy", { status: 503 });
        return "published";
      }),
      timeout: "20s",
      effects: "verifiable",
      key: () => "a",
      probe: async () => "unknown" as const,
      effectWithin: "none",
      retry: { attempts: 3, baseDelay: 1 },
      ledger: ledgerPath(),
    });
    expect(await call(undefined)).toMatchObject({ outcome: "executed", value: "published" });
  });

  test("keeps the reason for its caller: it is in no message and on no enumerable field", async () => {
    const reason = "alice@example.com is not allowed";
    const thrown = rejected(reason, { status: 403, cause: new Error("the answer") });
    expect(thrown).toMatchObject({ message: reason, cause: { message: "the answer" } });
    const error = (await throwing(thrown)) as CallError;
    expect(JSON.stringify(error) + error.message + JSON.stringify(error.attempts)).not.toContain("alice");
  });

  test("counts when it is returned, too: it is no value", async () => {
    const call = defineCall({
      name: "publish",
      callee: task(() => rejected("no", { status: 422 })),
      timeout: "20s",
      effects: "none",
    });
    expect(await call.settle(undefined)).toMatchObject({ code: "invalid_request", effect: "rejected" });
  });

  test("counts from another copy of the package too", async () => {
    const copy = (await import(
      `${pathToFileURL(path.resolve("src/core/rejected.ts")).href}?copy`
    )) as typeof import("../../src/core/rejected.ts");
    expect(copy.rejected).not.toBe(rejected);
    expect(await throwing(copy.rejected("no", { status: 422 }))).toMatchObject({ effect: "rejected" });
  });

  test.each([
    ["no reason", () => rejected("")],
    ["a reason that is no text", () => rejected({ status: 422 } as never)],
    ["an unknown option", () => rejected("no", { statusCode: 422 } as never)],
    ["a status that is a text", () => rejected("no", { status: "422" } as never)],
  ])("refuses %s", (_, make) => {
    expect(make).toThrow(TypeError);
  });

  test("leaves a delay that is no number away, such as that of a Retry-After with a date", async () => {
    const error = await throwing(
      rejected("later", { status: 429, retryAfterMs: Number("Fri, 20 Nov") * 1000 }),
    );
    expect(error).toMatchObject({ code: "rate_limited", effect: "rejected" });
    expect(error).not.toHaveProperty("retryAfterMs");
  });
});
