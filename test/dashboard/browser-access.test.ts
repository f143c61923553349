import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { chromium, withoutChromium } from "../helpers/chromium.ts";
import { historyOf } from "../helpers/ledger.ts";
import { HOUR, Ledger } from "../report/seed.ts";
import { focusOf, useBrowser, visit } from "./browser.ts";
import { leaveInDoubt, startCall } from "./calls.ts";
import { openDashboard } from "./visitor.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };
const LONG = "export-orders-to-the-data-warehouse-of-the-finance-department-in-europe".repeat(3);

/** Something in every part of the page. */
async function fullLedger(): Promise<Ledger> {
  const ledger = new Ledger();
  const at = Date.now() - HOUR;
  await ledger.add([
    { name: LONG, key: LONG, at, state: "in_doubt", code: "timeout", stderr: "a\n".repeat(100), attempts: 2 },
    { name: "publish", key: "1", at, state: "in_doubt", code: "killed" },
    { name: LONG, key: `2 ${LONG}`, at, state: "started" },
    { name: "export", key: "3", at, state: "failed", code: "auth" },
    { name: "draft", key: "4", at, costUsd: 0.1, evidence: [{ path: LONG }] },
  ]);
  await ledger.watch({ name: "posts", window: "24h", call: LONG }, [at], []);
  return ledger;
}

/** What axe finds, as `rule: element`. WCAG 2.2 AA, and its own good practices. */
async function faults(page: Page): Promise<readonly string[]> {
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ""}`),
  );
}

/** Opens what is closed, so that it is looked at, too. */
async function unfold(page: Page): Promise<void> {
  for (const summary of await page.locator("summary").all()) await summary.click();
}

const overflow = (page: Page) => page.evaluate<number>("document.documentElement.scrollWidth - innerWidth");

describe.skipIf(chromium === undefined)(
  `the dashboard by keyboard, screen reader and phone${withoutChromium}`,
  () => {
    useBrowser();

    test.each([
      ["desktop, light", { colorScheme: "light" as const }],
      ["desktop, dark", { colorScheme: "dark" as const }],
      ["phone, light", { ...PHONE, colorScheme: "light" as const }],
      ["phone, dark", { ...PHONE, colorScheme: "dark" as const }],
    ])("%s: axe finds no fault, and nothing is wider than the screen", async (_, options) => {
      await using ledger = await fullLedger();
      // axe is put into the page, which the page's own policy forbids.
      const page = await visit(await openDashboard({ ledger: ledger.path }), { ...options, bypassCSP: true });
      await page.addScriptTag({ path: AXE });
      await page.getByRole("button", { name: "Resolve publish 1" }).click();
      await page
        .getByRole("form", { name: "Resolve publish" })
        .getByRole("button", { name: "Resolve" })
        .waitFor();
      await unfold(page);
      expect(await faults(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await page.getByRole("region", { name: "In doubt" }).getByRole("link", { name: LONG }).click();
      await page.getByRole("button", { name: "Show it" }).click();
      await page.getByText("a\na\na").first().waitFor();
      await page.getByRole("button", { name: "Resolve…" }).click();
      expect(await faults(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    });

    test("axe would find a fault", async () => {
      await using ledger = await fullLedger();
      const page = await visit(await openDashboard({ ledger: ledger.path }), { bypassCSP: true });
      await page.addScriptTag({ path: AXE });
      await page.evaluate(
        `document.querySelector("h2").style.color = "#aaa"; document.querySelector("select").parentElement.replaceWith(document.querySelector("select"));`,
      );
      expect(await faults(page)).toEqual([
        expect.stringMatching(/^color-contrast/),
        expect.stringMatching(/^select-name/),
      ]);
    });

    test("a call is resolved with the keyboard alone", async () => {
      await using ledger = await fullLedger();
      const page = await visit(await openDashboard({ ledger: ledger.path }));
      const tabTo = async (text: RegExp, most = 40) => {
        for (let n = 0; n < most; n++) {
          await page.keyboard.press("Tab");
          if (text.test((await focusOf(page)).text ?? "")) return;
        }
        throw new Error(`no focus on ${text} after ${most} tabs`);
      };
      await tabTo(/^Skip to the calls$/, 1);
      await page.keyboard.press("Enter");
      expect((await focusOf(page)).id).toBe("in-doubt-title");
      await tabTo(/^Resolve publish 1$/, 6);
      await page.keyboard.press("Enter");
      await page.getByRole("form").waitFor();
      await page.keyboard.press("Tab");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Tab");
      expect((await focusOf(page)).name).toBe("by");
      await page.keyboard.type("ann");
      await page.keyboard.press("Tab");
      await page.keyboard.type("not on the profile");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Resolve publish 1" }).waitFor({ state: "detached" });
      expect((await focusOf(page)).id).toBe("in-doubt-title");
      expect((await historyOf(ledger.path, "1"))?.resolutions).toMatchObject([
        { answer: "absent", by: "ann", why: "not on the profile" },
      ]);
      // The next form knows who it is, and Escape leaves it.
      await tabTo(/^Resolve export-orders/, 3);
      await page.keyboard.press("Enter");
      expect(await page.getByLabel("Who you are").inputValue()).toBe("ann");
      await page.getByLabel("Why").press("Escape");
      await page.getByRole("form", { name: /^Resolve/ }).waitFor({ state: "detached" });
    });

    test("a screen reader is told what needs a person, and not of every call", async () => {
      await using ledger = await fullLedger();
      const page = await visit(await openDashboard({ ledger: ledger.path }));
      const status = page.getByRole("status");
      await startCall(ledger.path, "draft", "5").end();
      await page.getByRole("region", { name: "Last calls" }).getByText("5", { exact: true }).waitFor();
      await leaveInDoubt(ledger.path, "charge", "6");
      await status.getByText("charge is in doubt.").waitFor();
      expect(await status.textContent()).toBe("charge is in doubt.");
      // Everything else that changes by itself is silent.
      expect(
        await page
          .locator("[aria-live]:not([role=status]), [role=log], [role=timer], [role=alert]:not(:empty)")
          .count(),
      ).toBe(0);
    });

    test("without motion where the system asks for none", async () => {
      await using ledger = await fullLedger();
      const motion = async (reducedMotion: "reduce" | "no-preference") => {
        const page = await visit(await openDashboard({ ledger: ledger.path }), { reducedMotion });
        return await page.evaluate(`[...document.styleSheets[0].cssRules]
        .filter((rule) => rule.media && matchMedia(rule.media.mediaText).matches && rule.cssText.includes("transition")).length`);
      };
      expect([await motion("reduce"), await motion("no-preference")]).toEqual([0, 1]);
    });
  },
);
