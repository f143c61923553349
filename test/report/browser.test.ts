import { mkdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { makeReport } from "../../src/report/make-report.ts";
import { chromium, withoutChromium } from "../helpers/chromium.ts";
import { browse } from "./browser.ts";
import { fillBlog, Ledger, NOW } from "./seed.ts";

const DESKTOP = { width: 1000, height: 2010 };

async function blogReport(ledger: Ledger): Promise<string> {
  await fillBlog(ledger);
  const file = path.join(ledger.folder, "report.html");
  writeFileSync(file, await makeReport({ ledger: ledger.path, days: 14, now: NOW }));
  return file;
}

/** Rectangles of one kind of mark, by chart. */
function marks(html: string, chart: string, kind: string): string[] {
  const from = html.indexOf(`<div class="chart" ${chart}`);
  const svg = html.slice(from, html.indexOf("</section>", from));
  const group = svg.indexOf(`class="${kind}`);
  if (group < 0) return [];
  return svg.slice(group, svg.indexOf("<g aria-label", group) >>> 0).match(/<rect [^>]*fill="[^"]*"/g) ?? [];
}

const colored = (found: readonly string[], color: string) =>
  found.filter((mark) => mark.includes(`fill="var(--${color})"`)).length;

describe.skipIf(chromium === undefined)(`in a browser${withoutChromium}`, () => {
  it("22 green runs stand above an empty row of artifacts", async () => {
    await using ledger = new Ledger();
    const html = await browse(await blogReport(ledger), DESKTOP, "--dump-dom");
    // The call without artifacts comes first, even if all its runs succeeded.
    expect(html).toMatch(/<h3>nightly-post<\/h3><span class="quiet">22 succeeded<\/span>/);
    const nightly = marks(html, 'data-call="0"', "runs-and-artifacts");
    expect(colored(nightly, "succeeded")).toBe(22);
    expect(colored(nightly, "artifact")).toBe(0);
    expect(html).toContain("no artifact found");
    expect(marks(html, 'data-call="0"', "verdicts").length).toBe(3);
    const instagram = marks(html, 'data-call="1"', "runs-and-artifacts");
    expect(
      ["succeeded", "recovered", "in-doubt", "artifact"].map((color) => colored(instagram, color)),
    ).toEqual([24, 1, 2, 25]);
    const backups = marks(html, 'data-sentinel="0"', "runs-and-artifacts");
    expect(colored(backups, "artifact")).toBe(12);
  });

  it("its pictures: desktop and phone, light and dark", async () => {
    await using ledger = new Ledger();
    const file = await blogReport(ledger);
    const looks = {
      desktop: DESKTOP,
      "desktop-dark": { ...DESKTOP, dark: true },
      phone: { width: 500, height: 2700 },
      "phone-dark": { width: 500, height: 2700, dark: true },
    };
    const folder = process.env["HARDCALL_PICTURES"] ?? ledger.folder;
    mkdirSync(folder, { recursive: true });
    for (const [name, look] of Object.entries(looks)) {
      const picture = path.join(folder, `${name}.png`);
      await browse(file, look, `--screenshot=${picture}`);
      expect(statSync(picture).size).toBeGreaterThan(20_000);
    }
  });
});
