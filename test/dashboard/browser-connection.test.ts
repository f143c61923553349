import { renameSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { chromium, withoutChromium } from "../helpers/chromium.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { startTcpProxy } from "../helpers/tcp-proxy.ts";
import { useBrowser, visit } from "./browser.ts";
import { leaveInDoubt, startCall } from "./calls.ts";
import { openDashboard } from "./visitor.ts";

/** What Chromium logs when the server is gone, on purpose. */
const UNREACHABLE = /net::ERR_|favicon/;

async function ledgerWithACall(): Promise<string> {
  const ledger = ledgerPath();
  await startCall(ledger, "earlier", "1").end();
  return ledger;
}

describe.skipIf(chromium === undefined)(`the connection to the dashboard${withoutChromium}`, () => {
  useBrowser();

  test("when it is lost the page says so and keeps what it knew; when it is back, it catches up", async () => {
    const ledger = await ledgerWithACall();
    const dashboard = await openDashboard({ ledger });
    const proxy = await startTcpProxy(`http://127.0.0.1:${dashboard.port}`);
    onTestFinished(() => proxy.close());
    const url = dashboard.url.replace(`:${dashboard.port}`, `:${proxy.port}`);
    const page = await visit(dashboard, { url, mayComplain: UNREACHABLE });
    const rows = page.getByRole("region", { name: "Last calls" }).getByRole("row");
    await rows.filter({ hasText: "earlier" }).waitFor();
    proxy.refuse();
    await page.getByText(/The connection to the dashboard's server is lost since/).waitFor();
    await page.getByText("not live").waitFor();
    expect(await rows.filter({ hasText: "earlier" }).count()).toBe(1);
    await startCall(ledger, "meanwhile", "2").end();
    await leaveInDoubt(ledger, "publish", "3");
    proxy.accept();
    await page.getByText("live", { exact: true }).waitFor();
    await rows.filter({ hasText: "meanwhile" }).waitFor();
    await page.getByRole("button", { name: "Resolve publish 3" }).waitFor();
    expect(await page.getByText(/The connection to the dashboard's server is lost since/).count()).toBe(0);
    await page.getByRole("status").getByText("The connection is back.").waitFor();
  });

  test("after a restart of the dashboard the page says how to open it again", async () => {
    const ledger = await ledgerWithACall();
    const first = await openDashboard({ ledger });
    const page = await visit(first, { mayComplain: /401|net::ERR_|favicon/ });
    await first.close();
    await page.getByText(/The connection to the dashboard's server is lost since/).waitFor();
    await openDashboard({ ledger, port: first.port });
    await page.getByText(/Open the URL that hardcall dashboard printed last/).waitFor();
    expect(await page.getByText(/The connection to the dashboard's server is lost/).count()).toBe(0);
  });

  test("a hidden tab holds no connection, and a tab that is seen again catches up", async () => {
    const ledger = await ledgerWithACall();
    const page = await visit(await openDashboard({ ledger }));
    const isStream = (request: { url(): string }) => request.url().endsWith("/events");
    const show = (state: "hidden" | "visible") =>
      page.evaluate(`
        Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "${state}" });
        document.dispatchEvent(new Event("visibilitychange"));`);
    const ended = page.waitForEvent("requestfailed", isStream);
    await show("hidden");
    await ended;
    await leaveInDoubt(ledger, "publish", "1");
    const begun = page.waitForRequest(isStream);
    await show("visible");
    await begun;
    await page.getByRole("button", { name: "Resolve publish 1" }).waitFor();
    expect(await page.getByText("live", { exact: true }).count()).toBe(1);
  });

  test("a ledger that is not there yet: the page says so, and shows it once it is", async () => {
    const ledger = ledgerPath();
    const page = await visit(await openDashboard({ ledger }), { isLive: false });
    await page.getByText(/The ledger cannot be read/).waitFor();
    // The only event comes at once, sometimes before the page is painted.
    for (let times = 0; times < 10; times += 1) {
      await page.reload();
      await page.getByText(/The ledger cannot be read/).waitFor();
    }
    expect(await page.getByText("No call is in doubt.").count()).toBe(0);
    await leaveInDoubt(ledger, "publish", "1");
    await page.getByRole("button", { name: "Resolve publish 1" }).waitFor();
    expect(await page.getByText(/The ledger cannot be read/).count()).toBe(0);
  });

  test("a ledger that cannot be read for a while: what was known stays, and the list catches up", async () => {
    const ledger = await ledgerWithACall();
    const page = await visit(await openDashboard({ ledger }), { mayComplain: /503|favicon/ });
    const rows = page.getByRole("region", { name: "Last calls" }).getByRole("row");
    await rows.filter({ hasText: "earlier" }).waitFor();
    renameSync(ledger, `${ledger}.away`);
    await page.getByText(/The ledger cannot be read, for/).waitFor();
    await page.getByText("not live").waitFor();
    expect(await rows.filter({ hasText: "earlier" }).count()).toBe(1);
    // A filter asks for a list that cannot be had.
    await page.getByLabel("Outcome").selectOption("in_doubt");
    await page.getByRole("alert").filter({ hasText: /./ }).waitFor();
    renameSync(`${ledger}.away`, ledger);
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByText("No call fits these filters.").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await rows.filter({ hasText: "earlier" }).waitFor();
  });
});
