import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { chromium, withoutChromium } from "../helpers/chromium.ts";
import { HOUR, Ledger, type Seed } from "../report/seed.ts";
import { focusOf, useBrowser, visit } from "./browser.ts";
import { startCall } from "./calls.ts";
import { openDashboard } from "./visitor.ts";

const list = (page: Page) => page.getByRole("region", { name: "Last calls" });
const rows = (page: Page) =>
  list(page)
    .getByRole("row")
    .filter({ has: page.getByRole("cell") });
/** The names of the listed calls, in their order. */
const names = (page: Page) => rows(page).getByRole("link").allTextContents();

/** Waits until the list has so many rows. */
const waitForRows = async (page: Page, n: number) => {
  await rows(page).nth(n).waitFor({ state: "detached" });
  if (n > 0)
    await rows(page)
      .nth(n - 1)
      .waitFor();
};

const at = Date.now() - HOUR;
const SEEDS: readonly Seed[] = [
  { name: "export", key: "1", at, state: "succeeded", costUsd: 0.25 },
  { name: "export", key: "2", at: at + 1, state: "failed", code: "timeout" },
  { name: "publish", key: "3", at: at + 2, state: "failed", code: "auth" },
  { name: "publish", key: "4", at: at + 3, state: "in_doubt", code: "timeout" },
];

describe.skipIf(chromium === undefined)(`the list of calls in a browser${withoutChromium}`, () => {
  useBrowser();

  test("filters by name, outcome and code are part of the address and survive a reload", async () => {
    await using ledger = new Ledger();
    await ledger.add(SEEDS);
    const page = await visit(await openDashboard({ ledger: ledger.path }));
    await waitForRows(page, 4);
    expect(await names(page)).toEqual(["publish", "publish", "export", "export"]);
    await list(page).getByLabel("Code").selectOption("timeout");
    await waitForRows(page, 2);
    await list(page).getByLabel("Name").selectOption("publish");
    await waitForRows(page, 1);
    await rows(page).getByText("in doubt").waitFor();
    expect(new URL(page.url()).hash).toBe("#code=timeout&name=publish");
    await page.reload();
    await waitForRows(page, 1);
    expect(await list(page).getByLabel("Code").inputValue()).toBe("timeout");
    await list(page).getByLabel("Outcome").selectOption("failed");
    await list(page).getByText("No call fits these filters.").waitFor();
    await page.goBack();
    await waitForRows(page, 1);
    await list(page).getByRole("button", { name: "Show all" }).click();
    await waitForRows(page, 4);
  });

  test("a call that does not fit the filter does not come into the list; one that fits does", async () => {
    await using ledger = new Ledger();
    await ledger.add(SEEDS);
    const page = await visit(await openDashboard({ ledger: ledger.path }));
    await list(page).getByLabel("Outcome").selectOption("executed");
    await waitForRows(page, 1);
    const call = startCall(ledger.path, "summarise", "5");
    await page.getByRole("region", { name: "Running now" }).getByText("summarise").waitFor();
    expect(await names(page)).toEqual(["export"]);
    await call.end();
    await waitForRows(page, 2);
    expect(await names(page)).toEqual(["summarise", "export"]);
  });

  test("back from a call: the place on the page, the filters, and the focus on its link", async () => {
    await using ledger = new Ledger();
    await ledger.add(Array.from({ length: 150 }, (_, n) => ({ name: `call-${n}`, key: "k", at: at + n })));
    const page = await visit(await openDashboard({ ledger: ledger.path }));
    await waitForRows(page, 150);
    const link = list(page).getByRole("link", { name: "call-20", exact: true });
    await link.scrollIntoViewIfNeeded();
    const before = await link.boundingBox();
    await link.click();
    await page.getByRole("heading", { level: 2, name: "call-20" }).waitFor();
    await page.goBack();
    await link.waitFor();
    expect((await focusOf(page)).text).toBe("call-20");
    expect(await link.boundingBox()).toEqual(before);
  });

  test("older calls come on request, and stay when new ones come", async () => {
    await using ledger = new Ledger();
    await ledger.add(Array.from({ length: 250 }, (_, n) => ({ name: "export", key: `${n}`, at: at + n })));
    const page = await visit(await openDashboard({ ledger: ledger.path }));
    await waitForRows(page, 200);
    await list(page).getByRole("button", { name: "Show older calls" }).click();
    await waitForRows(page, 250);
    expect(await list(page).getByRole("button", { name: "Show older calls" }).count()).toBe(0);
    await startCall(ledger.path, "summarise", "1").end();
    await rows(page).first().getByText("summarise").waitFor();
    expect(await rows(page).last().getByText("0", { exact: true }).count()).toBe(1);
  });

  test("a call shows its attempts and its evidence", async () => {
    await using ledger = new Ledger();
    await ledger.add([
      {
        name: "draft",
        key: "a",
        at,
        attempts: 3,
        costUsd: 0.0123,
        evidence: [{ kind: "file", path: "out/post.md" }],
        ms: 9000,
      },
    ]);
    const page = await visit(await openDashboard({ ledger: ledger.path }));
    await rows(page).getByRole("link", { name: "draft" }).click();
    const attempts = page.getByRole("region", { name: "Attempts" }).getByRole("listitem");
    await attempts.nth(2).getByText("succeeded").waitFor();
    await attempts.nth(0).getByText("overloaded").waitFor();
    await page.getByRole("region", { name: "Evidence" }).getByText("out/post.md").waitFor();
    expect(await attempts.count()).toBe(3);
  });

  test("a call that the ledger does not know: a sentence, and the way back", async () => {
    await using ledger = new Ledger();
    await ledger.add(SEEDS);
    const page = await visit(await openDashboard({ ledger: ledger.path }), { mayComplain: /404|favicon/ });
    await page.goto(`${new URL(page.url()).origin}/#call=nothing`);
    await page
      .getByRole("alert")
      .getByText(/knows no call with this id/)
      .waitFor();
    await page.getByRole("link", { name: "All calls" }).click();
    await waitForRows(page, 4);
    expect(page.url()).toMatch(/#$/);
  });
});
