import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { chromium, withoutChromium } from "../helpers/chromium.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { foreignParts, useBrowser, visit } from "./browser.ts";
import { attemptsOn } from "./resources.ts";
import { openDashboard } from "./visitor.ts";

const card = (page: Page) => page.getByRole("region", { name: "Resources" }).locator(".card");

/** An attempt that ended because the key was revoked. */
async function revokedKey(ledger: string) {
  const attempts = await attemptsOn(ledger);
  const entered = await attempts.begin("nightly-post");
  if (entered.kind !== "place") throw new Error(entered.kind);
  entered.place.leave({ started: true, code: "auth", opens: true, microUsd: 20_000 });
  return attempts;
}

describe.skipIf(chromium === undefined)(`resources in a browser${withoutChromium}`, () => {
  useBrowser();

  test("places, the line, starts and money, as calls come and go", async () => {
    const ledger = ledgerPath();
    const attempts = await attemptsOn(ledger);
    const first = await attempts.begin("draft");
    await attempts.begin("review");
    const page = await visit(await openDashboard({ ledger }));
    await card(page).getByText("2 of 2 places").waitFor();
    await card(page).getByText("Who holds a place").click();
    expect(await card(page).getByRole("link").allTextContents()).toEqual(["draft", "review"]);
    await card(page).getByText("$1.50 more reserved for running attempts").waitFor();
    await card(page).getByText("2 of 50 starts in 1 h").waitFor();
    const third = attempts.begin("publish");
    await card(page)
      .getByText(/, 1 waits, the first for \d+ s/)
      .waitFor();
    if (first.kind === "place") first.place.leave({ started: true, opens: false, microUsd: 500_000 });
    expect((await third).kind).toBe("place");
    await card(page).getByText("$0.50 of $25.00").waitFor();
    await card(page).getByRole("link", { name: "publish" }).waitFor();
    // What the reader opened stays open.
    expect(await card(page).getByRole("link").allTextContents()).toEqual(["review", "publish"]);
  });

  test("a breaker that a revoked key opened is closed by clicking, and calls start again", async () => {
    const ledger = ledgerPath();
    const attempts = await revokedKey(ledger);
    const page = await visit(await openDashboard({ ledger }));
    await card(page).getByText("breaker open").waitFor();
    await card(page).getByText("because of auth in nightly-post").waitFor();
    expect(await attempts.begin("other")).toMatchObject({ kind: "refused", code: "circuit_open" });
    await card(page).getByRole("button", { name: "Close the breaker of anthropic" }).click();
    const form = card(page).getByRole("form", { name: "Close the breaker of anthropic" });
    await form.getByLabel("Who you are").fill("ann");
    await form.getByLabel("Why").fill("the key was renewed");
    await form.getByRole("button", { name: "Close the breaker" }).click();
    await card(page).getByText("breaker closed").waitFor();
    expect((await attempts.begin("other")).kind).toBe("place");
    await card(page).getByText("Its last changes").click();
    await card(page).getByText("closed: an operator, ann: the key was renewed").waitFor();
  });

  test("a breaker is opened for a time, with a name and a reason that stay text", async () => {
    const ledger = ledgerPath();
    const attempts = await attemptsOn(ledger);
    const entered = await attempts.begin("draft");
    if (entered.kind === "place") entered.place.leave({ started: true, opens: false });
    const page = await visit(await openDashboard({ ledger }));
    const evil = `<img src=x onerror="pwned=1">`;
    await card(page).getByRole("button", { name: "Open the breaker of anthropic" }).click();
    const form = card(page).getByRole("form");
    await form.getByLabel("For how long").selectOption("15 minutes");
    await form.getByLabel("Who you are").fill(`ann ${evil}`);
    await form.getByLabel("Why").fill(evil);
    await form.getByRole("button", { name: "Open the breaker" }).click();
    await card(page).getByText("breaker open").waitFor();
    await card(page).getByText(`because of an operator, ann ${evil}: ${evil}`).waitFor();
    await card(page)
      .getByText(/^until \d\d:\d\d:\d\d$/)
      .waitFor();
    expect(await foreignParts(page)).toEqual([]);
    expect(await attempts.begin("draft")).toMatchObject({ kind: "refused", code: "circuit_open" });
  });
});
