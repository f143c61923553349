import { describe, expect, test } from "vitest";
import { connectLedger } from "../../src/ledger/store/connect.ts";
import { chromium, withoutChromium } from "../helpers/chromium.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { HOUR, Ledger } from "../report/seed.ts";
import { foreignParts, useBrowser, visit } from "./browser.ts";
import { openDashboard } from "./visitor.ts";

/** Each would run, load something or leave its place, if it were anything but text. */
const MARKUP = [
  [
    `<img src=x onerror="pwned=1">`,
    `"><script>pwned=1</script><b class="`,
    `' onfocus='pwned=1' autofocus='`,
    `</h3></li></ul><iframe src="javascript:parent.pwned=1"></iframe>`,
    `&lt;b&gt; &#60;b&#62; {{7*7}} \${7*7}`,
  ].join(" "),
  // Where a whole attribute is the text.
  `javascript:pwned=1//`,
];

describe.skipIf(chromium === undefined)(`what callers wrote, in a browser${withoutChromium}`, () => {
  useBrowser();

  test.each(MARKUP)("%s stays text everywhere", async (evil) => {
    await using ledger = new Ledger();
    const at = Date.now() - HOUR;
    await ledger.add([
      {
        name: evil,
        key: `1 ${evil}`,
        at,
        state: "in_doubt",
        code: evil,
        stderr: `tail ${evil}`,
        evidence: [{ [evil]: evil }],
      },
      { name: evil, key: `2 ${evil}`, at, state: "started" },
      { name: evil, key: `3 ${evil}`, at, state: "failed", code: evil },
    ]);
    await ledger.watch({ name: "posts", window: "24h" }, [at], []);
    const callId = `id ${evil}`;
    const db = await connectLedger({ ledger: ledger.path });
    await db.write({ durable: false, withinMs: 60_000 }, async (session) => {
      await session.run("UPDATE operations SET call_id = ? WHERE state = 'in_doubt'", [callId]);
      await session.run("UPDATE sentinels SET source = ?, call = ?, verdict = 'silent', reason = ?", [
        evil,
        evil,
        evil,
      ]);
      await session.run("UPDATE sentinel_passes SET source = ?, at = 0", [evil]);
      await session.run("UPDATE attempts SET external_ref = ?, requested_by = ?, signal = ?", [
        evil,
        evil,
        evil,
      ]);
    });
    await db.close();

    const dashboard = await openDashboard({ ledger: ledger.path });
    const page = await visit(dashboard);
    await page.getByRole("region", { name: "Sentinels" }).getByText(evil, { exact: true }).first().waitFor();
    await page.getByRole("region", { name: "Running now" }).getByText(`2 ${evil}`, { exact: true }).waitFor();
    const rows = page.getByRole("region", { name: "Last calls" });
    await rows.getByText(`3 ${evil}`, { exact: true }).waitFor();
    expect(await foreignParts(page)).toEqual([]);

    await rows.getByLabel("Name").selectOption(evil);
    await page.getByRole("button", { name: "Show all" }).waitFor();
    const doubt = page.getByRole("region", { name: "In doubt" });
    await doubt.getByRole("link", { name: evil, exact: true }).click();
    await page.getByRole("heading", { level: 2, name: evil, exact: true }).waitFor();
    await page.getByText(callId, { exact: true }).waitFor();
    await page.getByRole("button", { name: "Show it" }).click();
    await page.getByText(`tail ${evil}`, { exact: true }).waitFor();
    expect(await page.getByText(JSON.stringify(evil)).count()).toBeGreaterThan(0);
    expect(await foreignParts(page)).toEqual([]);

    await page.getByRole("button", { name: "Resolve…" }).click();
    const form = page.getByRole("form");
    await form.getByLabel("Done.").check();
    await form.getByLabel("Who you are").fill(`who ${evil.slice(0, 60)}`);
    await form.getByLabel("Why").fill(`why ${evil}`);
    await form.getByRole("button", { name: "Resolve" }).click();
    await page.getByText(`why ${evil}`, { exact: true }).waitFor();
    await page
      .getByText(`who ${evil.slice(0, 60)}`, { exact: true })
      .first()
      .waitFor();
    expect(await foreignParts(page)).toEqual([]);
  });

  test("marks that turn the direction of text round show as what they are", async () => {
    await using ledger = new Ledger();
    await ledger.add([
      { name: "pay", key: "\u202Egnp.exe\u0000\u200B", at: Date.now() - HOUR, state: "in_doubt" },
    ]);
    const page = await visit(await openDashboard({ ledger: ledger.path }));
    const key = page.getByRole("region", { name: "In doubt" }).locator(".key");
    expect(await key.textContent()).toBe(String.raw`\u202egnp.exe\u0000\u200b`);
  });

  test("a tail is read only after a click, and can be hidden again", async () => {
    await using ledger = new Ledger();
    const [name, stderr] = ["export", "line 1\n\u001B[31mline 2\u001B[0m"];
    await ledger.add([
      { name, key: "1", at: Date.now() - HOUR, state: "failed", code: "exit_nonzero", stderr },
    ]);
    const page = await visit(await openDashboard({ ledger: ledger.path }));
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole("region", { name: "Last calls" }).getByRole("link", { name: "export" }).click();
    await page.getByRole("heading", { name: "Attempts" }).waitFor();
    expect(asked.filter((path) => path.endsWith("/tails"))).toEqual([]);
    expect(await page.getByText("line 1").count()).toBe(0);
    await page.getByRole("button", { name: "Show it" }).click();
    await page.getByText(String.raw`\u001b[31mline 2\u001b[0m`).waitFor();
    expect(asked.filter((path) => path.endsWith("/tails"))).toHaveLength(1);
    await page.getByRole("button", { name: "Hide it" }).click();
    expect(await page.getByText("line 1").count()).toBe(0);
  });

  test("two operators: what the second is refused is a sentence", async () => {
    await using ledger = new Ledger();
    await ledger.add([
      { name: "pay", key: "order-1", at: Date.now() - HOUR, state: "in_doubt", code: "timeout" },
    ]);
    const page = await visit(await openDashboard({ ledger: ledger.path }), { mayComplain: /409|favicon/ });
    await page.getByRole("button", { name: "Resolve pay order-1" }).click();
    const form = page.getByRole("form");
    await form.getByLabel("Absent.").check();
    await form.getByLabel("Who you are").fill("ann");
    await form.getByLabel("Why").fill("no such payment");
    // The other operator is faster, by the time that the form is on its way.
    await page.route("**/resolve", async (route) => {
      const store = await openLedgerAt(ledger.path);
      await store.resolve({ name: "pay", key: "order-1" }, { as: "done", by: "bob", why: "it is there" });
      await store.close();
      await route.continue();
    });
    await form.getByRole("button", { name: "Resolve" }).click();
    await form
      .getByRole("alert")
      .getByText(/not in doubt/)
      .waitFor();
    expect(await form.getByLabel("Why").inputValue()).toBe("no such payment");
  });
});
