import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { connectLedger } from "../../src/ledger/store/connect.ts";
import { defineResource } from "../../src/resources/define-resource.ts";
import { chromium, withoutChromium } from "../helpers/chromium.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { useBrowser, visit } from "./browser.ts";
import { goneOwner, History } from "./history.ts";
import { attemptsOn } from "./resources.ts";
import { openDashboard } from "./visitor.ts";

const region = (page: Page, name: string) => page.getByRole("region", { name });

async function sign(page: Page, why: string) {
  const form = page.getByRole("form");
  await form.getByLabel("Who you are").fill("ann");
  await form.getByLabel("Why").fill(why);
  return form;
}

describe.skipIf(chromium === undefined).each(LEDGER_KINDS)(
  `what is rare, of a ledger in %s, in a browser${withoutChromium}`,
  (kind) => {
    useBrowser();

    test("a call that waits for a place, and its attempt once it has one", async () => {
      const ledger = await newLedger(kind);
      const history = await History.of(ledger);
      const call = { callId: "draft-1", name: "draft", resource: "anthropic", limitMs: 900_000 };
      await history.journal({ ...call, attempt: 0, waiting: true });
      const page = await visit(await openDashboard({ ledger }));
      const running = region(page, "Running now");
      await running.getByText("waiting", { exact: true }).waitFor();
      await running.getByText("waits for a place of anthropic").waitFor();
      await running.getByText(/\d s of 15 min/).waitFor();
      await page.getByRole("button", { name: "1 running, 1 of them waits" }).waitFor();
      await history.journal({ ...call, attempt: 1, costUsd: 0.25 });
      await running.getByText("running", { exact: true }).waitFor();
      await running.getByText("$0.25 so far").waitFor();
      await page.getByRole("button", { name: "1 running", exact: true }).waitFor();
      expect(await running.getByText(/waits/).count()).toBe(0);
    });

    test("a breaker that is half open says that one trial decides, and its call is the trial", async () => {
      const ledger = await newLedger(kind);
      const resource = defineResource({ name: "api", circuitBreaker: { cooldown: "1s" } });
      const attempts = await attemptsOn(ledger, resource);
      const entered = await attempts.begin("post");
      if (entered.kind !== "place") throw new Error(entered.kind);
      entered.place.leave({ started: true, code: "auth", opens: true });
      const page = await visit(await openDashboard({ ledger }));
      const resources = region(page, "Resources");
      await resources.getByText("breaker half open").waitFor();
      await resources.getByText("one trial call now decides whether it closes").waitFor();
      const trial = await attempts.begin("trial-post");
      expect(trial.kind === "place" && trial.place.trial).toBe(true);
      await resources.getByText("Who holds a place").click();
      await resources.getByText("trial", { exact: true }).waitFor();
      if (trial.kind === "place") trial.place.leave({ started: true, opens: true });
      await resources.getByText("breaker closed").waitFor();
      await resources.getByText("Its last changes").click();
      await resources.getByText("closed: a trial call that succeeded").waitFor();
    });

    test("a resource that cannot be read hides neither the others nor the calls", async () => {
      const ledger = await newLedger(kind);
      const history = await History.of(ledger);
      await history.doubtful({ name: "publish" });
      for (const name of ["damaged", "good", "later"])
        await (await attemptsOn(ledger, defineResource({ name, concurrency: 2 }))).begin("draft");
      const db = await connectLedger({ ledger });
      await db.write({ durable: false, withinMs: 60_000 }, async (session) => {
        for (const [name, document] of [
          ["damaged", '{"v":1'],
          ["later", '{"v":99}'],
        ] as const)
          await session.run("UPDATE resources SET document = ? WHERE name = ?", [document, name]);
      });
      await db.close();
      const page = await visit(await openDashboard({ ledger }));
      await region(page, "In doubt").getByRole("link", { name: "publish" }).waitFor();
      const resources = region(page, "Resources");
      await resources.getByText('The ledger\'s record of the resource "damaged" is damaged.').waitFor();
      await resources.getByText('"later" was written by a later hardcall (form 99').waitFor();
      await resources.getByText("1 of 2 places").waitFor();
      expect(await page.getByText("The ledger cannot be read").count()).toBe(0);
    });

    test("a call whose process was killed is resolved on its page", async () => {
      const ledger = await newLedger(kind);
      const gone = await History.of(ledger, { owner: goneOwner() });
      const { request } = await gone.started({ name: "publish", key: "p/1" });
      const page = await visit(await openDashboard({ ledger }));
      await region(page, "Running now").getByText("its process has ended without a result").waitFor();
      await region(page, "Running now").getByRole("link", { name: "publish" }).click();
      await page.getByRole("button", { name: "Resolve…" }).click();
      await page.getByLabel("Absent.").check();
      const form = await sign(page, "it is not in the list");
      await form.getByRole("button", { name: "Resolve" }).click();
      await page.getByText("it is not in the list", { exact: true }).waitFor();
      const [found] = await gone.store.show({ callIdOrKey: request.callId });
      expect(found?.record.state).toBe("failed");
    });

    test("a call whose work goes on is overruled only after a second question", async () => {
      const ledger = await newLedger(kind);
      const history = await History.of(ledger);
      const { claim } = await history.started({ name: "publish", key: "p/1" });
      const end = { code: "timeout", effect: "unknown" } as const;
      await history.store.settle(claim, { state: "failed", end, lingering: true });
      const page = await visit(await openDashboard({ ledger }), { mayComplain: /favicon|409/ });
      const doubt = region(page, "In doubt");
      await doubt.getByRole("button", { name: "Resolve publish p/1" }).click();
      await doubt.getByLabel("Absent.").check();
      const form = await sign(page, "it hangs, and is not in the list");
      await form.getByRole("button", { name: "Resolve" }).click();
      await form.getByText(/Nothing was resolved: the call is in progress \(process \d+ on/).waitFor();
      expect(await form.getByLabel("Why").inputValue()).toBe("it hangs, and is not in the list");
      await form.getByLabel("Overrule this").check();
      await form.getByRole("button", { name: "Resolve" }).click();
      await doubt.getByText("No call is in doubt.").waitFor();
      const [found] = await history.store.show({ callIdOrKey: "p/1" });
      expect(found?.record.state).toBe("failed");
      expect(found?.resolutions[0]?.overrode).toBeDefined();
    });

    test("a call whose probe is asked right now says so, and an operator's answer counts before the probe's", async () => {
      const ledger = await newLedger(kind);
      const history = await History.of(ledger);
      const request = await history.doubtful({ name: "publish", key: "p/1", effects: "verifiable" });
      const answer = await history.store.claim({ ...request, callId: "prober" });
      expect(answer.kind).toBe("probe");
      const page = await visit(await openDashboard({ ledger }));
      const doubt = region(page, "In doubt");
      await doubt.getByText("its probe is asked now").waitFor();
      await doubt.getByRole("button", { name: "Resolve publish p/1" }).click();
      await doubt.getByLabel("Done.").check();
      const form = await sign(page, "it is in the list");
      await form.getByRole("button", { name: "Resolve" }).click();
      await doubt.getByText("No call is in doubt.").waitFor();
    });
  },
);
