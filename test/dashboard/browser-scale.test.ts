import { describe, expect, test } from "vitest";
import { chromium, withoutChromium } from "../helpers/chromium.ts";
import { DAY, Ledger, type Seed } from "../report/seed.ts";
import { useBrowser, visit } from "./browser.ts";
import { startCall } from "./calls.ts";
import { openDashboard } from "./visitor.ts";

const CALLS = 100_000;

function* aMonth(): Generator<Seed> {
  const end = Date.now() - 60_000;
  for (let n = 0; n < CALLS; n++) {
    const at = end - 30 * DAY + Math.floor((n * 30 * DAY) / CALLS);
    const failed = n % 50 === 0 ? ({ state: "failed", code: "timeout" } as const) : {};
    yield {
      name: `job-${n % 300}`,
      key: `${n}`,
      at,
      ...failed,
      ...(n % 500 === 1 && { state: "in_doubt" as const }),
    };
  }
}

describe.skipIf(chromium === undefined)(`a ledger of ${CALLS} calls in a browser${withoutChromium}`, () => {
  useBrowser();

  test("the page opens, filters and follows without lag", { timeout: 180_000 }, async () => {
    await using ledger = new Ledger();
    await ledger.add(aMonth());
    const opening = performance.now();
    const page = await visit(await openDashboard({ ledger: ledger.path }));
    const rows = page.getByRole("region", { name: "Last calls" }).getByRole("row");
    await rows.nth(200).waitFor();
    const openedMs = performance.now() - opening;
    await page.evaluate(`
      globalThis.longest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
      }).observe({ type: "longtask" });`);
    const filtering = performance.now();
    await page.getByLabel("Code").selectOption("timeout");
    await page.getByLabel("Name").selectOption("job-150");
    await rows.filter({ hasNotText: "job-150" }).nth(1).waitFor({ state: "detached" });
    const filteredMs = performance.now() - filtering;
    await page.getByRole("button", { name: "Show all" }).click();
    for (let n = 0; n < 20; n++) await startCall(ledger.path, "fresh", `${n}`).end();
    await rows.getByText("fresh").nth(19).waitFor();
    const longest = await page.evaluate<number>("longest");
    console.log(
      `100,000 calls: open ${Math.round(openedMs)} ms, two filters ${Math.round(filteredMs)} ms, longest block ${Math.round(longest)} ms`,
    );
    // Ten times what it takes on a quiet machine.
    expect([openedMs < 20_000, filteredMs < 10_000, longest < 1000]).toEqual([true, true, true]);
    expect(await rows.count()).toBeLessThan(450);
    expect(await page.getByRole("button", { name: /^Resolve job/ }).count()).toBe(100);
    await page.getByText("100 more calls in doubt, younger than these.").waitFor();
  });
});
