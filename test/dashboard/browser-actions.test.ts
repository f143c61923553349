import { describe, expect, onTestFinished, test } from "vitest";
import { chromium, withoutChromium } from "../helpers/chromium.ts";
import { historyOf, ledgerPath } from "../helpers/ledger.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { focusOf, useBrowser, visit } from "./browser.ts";
import { leaveInDoubt, startCall, startJournalled } from "./calls.ts";
import { openDashboard } from "./visitor.ts";

describe.skipIf(chromium === undefined)(`the dashboard in a browser${withoutChromium}`, () => {
  useBrowser();

  test("a call appears when it begins and is in the list when it ended, without a reload", async () => {
    const ledger = ledgerPath();
    await startCall(ledger, "earlier", "1").end();
    const page = await visit(await openDashboard({ ledger }));
    const running = page.getByRole("region", { name: "Running now" });
    await running.getByText("Nothing runs.").waitFor();
    await page.evaluate("globalThis.stillThisPage = true");
    const call = startCall(ledger, "nightly-post", "2026-11-22");
    const row = running.getByRole("listitem").filter({ hasText: "nightly-post" });
    await row.getByText("2026-11-22").waitFor();
    await row.getByText(/^[1-9] s/).waitFor();
    await row.getByText("attempt 1").waitFor();
    await call.end();
    await running.getByText("Nothing runs.").waitFor();
    const listed = page
      .getByRole("region", { name: "Last calls" })
      .getByRole("row", { name: "nightly-post" });
    await listed.getByText("executed").waitFor();
    expect(await page.evaluate("globalThis.stillThisPage")).toBe(true);
  });

  test("a call without a key: for how long it runs, of how long, and its end", async () => {
    const ledger = ledgerPath();
    await startCall(ledger, "earlier", "1").end();
    const page = await visit(await openDashboard({ ledger }));
    const call = startJournalled(ledger, "summarise");
    const row = page.getByRole("region", { name: "Running now" }).getByRole("listitem");
    await row.getByText(/^[1-9] s of 1 min$/).waitFor();
    await row.getByRole("link", { name: "summarise" }).click();
    await page
      .getByRole("main")
      .getByText(/^\d+ s of 1 min$/)
      .waitFor();
    await call.end();
    // The page of the call follows, too.
    await page.getByRole("main").getByText("executed").waitFor();
    await page.getByRole("link", { name: "All calls" }).click();
    await page.getByText("Nothing runs.").waitFor();
    expect(await page.getByRole("row", { name: "summarise" }).getByText("executed").count()).toBe(1);
  });

  test("a call in doubt is resolved by clicking; the ledger has who and why", async () => {
    const ledger = ledgerPath();
    await leaveInDoubt(ledger, "publish", "carousel-1");
    const page = await visit(await openDashboard({ ledger }));
    const section = page.getByRole("region", { name: "In doubt" });
    await section.getByRole("button", { name: "Resolve publish carousel-1" }).click();
    const form = section.getByRole("form", { name: "Resolve publish" });
    await form.getByLabel("Done.").check();
    await form.getByLabel("Who you are").fill("ann");
    await form.getByLabel("Why").fill("the post is on the profile");
    await form.getByRole("button", { name: "Resolve" }).click();
    await section.getByText("No call is in doubt.").waitFor();
    // The button that had the focus is gone.
    expect((await focusOf(page)).id).toBe("in-doubt-title");
    await page.getByRole("status").getByText("resolved as done").waitFor();
    const history = await historyOf(ledger, "carousel-1");
    expect(history?.record.state).toBe("succeeded");
    expect(history?.resolutions).toMatchObject([
      { answer: "present", by: "ann", why: "the post is on the profile" },
    ]);
  });

  test("who and why are required, also where they are blank", async () => {
    const ledger = ledgerPath();
    await leaveInDoubt(ledger, "publish", "carousel-1");
    const page = await visit(await openDashboard({ ledger }));
    const posts: string[] = [];
    page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
    await page.getByRole("button", { name: "Resolve publish carousel-1" }).click();
    const form = page.getByRole("form", { name: "Resolve publish" });
    const submit = form.getByRole("button", { name: "Resolve" });
    // The browser itself refuses a form without a choice, or with an empty field.
    await submit.click();
    await form.getByLabel("Absent.").check();
    await submit.click();
    await form.getByLabel("Who you are").fill("  ");
    await form.getByLabel("Why").fill("not there");
    await submit.click();
    await form.getByRole("alert").getByText("Give your name and the reason").waitFor();
    expect((await focusOf(page)).name).toBe("by");
    expect(posts).toEqual([]);
    expect((await historyOf(ledger, "carousel-1"))?.record.state).toBe("in_doubt");
  });

  test("nothing that is typed is lost to events, nor the focus, the selection or the place", async () => {
    const ledger = ledgerPath();
    for (const key of ["a", "b", "c", "d", "e", "f"]) await leaveInDoubt(ledger, "publish", key);
    const page = await visit(await openDashboard({ ledger }));
    await page.getByRole("button", { name: "Resolve publish d" }).click();
    const why = page.getByRole("form").getByLabel("Why");
    await why.pressSequentially("half a sentence");
    await page.keyboard.press("Shift+Home");
    const before = await focusOf(page);
    expect(before).toMatchObject({ name: "why", value: "half a sentence", selection: [0, 15] });
    const offset = await why.boundingBox();
    const call = startCall(ledger, "nightly-post", "1");
    await page.getByRole("region", { name: "Running now" }).getByText("nightly-post").waitFor();
    await leaveInDoubt(ledger, "publish", "g");
    await page.getByRole("button", { name: "Resolve publish g" }).waitFor();
    await call.end();
    await page.getByText("Nothing runs.").waitFor();
    expect(await focusOf(page)).toEqual(before);
    // What came in above and below did not move what is being read.
    expect(await why.boundingBox()).toEqual(offset);
  });

  test("a call that is resolved elsewhere keeps its open form, which says so", async () => {
    const ledger = ledgerPath();
    await leaveInDoubt(ledger, "publish", "carousel-1");
    const dashboard = await openDashboard({ ledger });
    const page = await visit(dashboard);
    await page.getByRole("button", { name: "Resolve publish carousel-1" }).click();
    const form = page.getByRole("form");
    await form.getByLabel("Why").fill("half a sentence");
    const store = await openLedgerAt(ledger);
    onTestFinished(() => store.close());
    await store.resolve(
      { name: "publish", key: "carousel-1" },
      { as: "absent", by: "bob", why: "not there" },
    );
    await form.getByText("It was resolved elsewhere.").waitFor();
    expect(await form.getByLabel("Why").inputValue()).toBe("half a sentence");
    expect(await form.getByRole("button", { name: "Resolve" }).isDisabled()).toBe(true);
    await form.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("No call is in doubt.").waitFor();
  });
});
