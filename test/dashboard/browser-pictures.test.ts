import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { chromium, withoutChromium } from "../helpers/chromium.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { DAY, HOUR, Ledger, type Seed } from "../report/seed.ts";
import { useBrowser, visit, type Visit } from "./browser.ts";
import { History } from "./history.ts";
import { attemptsOn, bigquery } from "./resources.ts";
import { openDashboard } from "./visitor.ts";

/** `WRITE_SCREENSHOTS=1 npx vitest run test/dashboard/browser-pictures.test.ts` writes the pictures of docs/dashboard.md. */
const FOLDER = process.env["WRITE_SCREENSHOTS"] === "1" ? path.join(ROOT, "docs/images") : undefined;
const MINUTE = 60_000;
/** They come with the package. */
const MOST_BYTES = 70_000;

const PICTURES: Readonly<Record<string, Visit>> = {
  "dashboard-light": { viewport: { width: 1000, height: 1400 }, colorScheme: "light" },
  "dashboard-dark": { viewport: { width: 1000, height: 1400 }, colorScheme: "dark" },
  "dashboard-phone": { viewport: { width: 360, height: 760 }, deviceScaleFactor: 2, colorScheme: "light" },
};

/** A blog: a job that writes and publishes, one that waits for an operator, and one whose key was revoked. */
async function fill(ledger: Ledger): Promise<() => Promise<void>> {
  const now = Date.now();
  const calls: Seed[] = Array.from({ length: 24 }, (_, n) => {
    const at = now - (n + 1) * 0.9 * HOUR;
    const day = new Date(at).toISOString().slice(0, 10);
    return (
      [
        {
          name: "write-draft",
          key: `blog/${day}/${n}`,
          at,
          ms: 94_000,
          costUsd: 0.07,
          attempts: n === 4 ? 2 : 1,
        },
        { name: "instagram-post", key: `blog/${day}/${n}`, at, ms: 4200 },
        { name: "export-orders", key: `orders/${day}/${n}`, at, ms: 312_000 },
      ] as const
    )[n % 3] as Seed;
  });
  await ledger.add([
    ...calls,
    {
      name: "instagram-post",
      key: "blog/evening",
      at: now - 3.2 * HOUR,
      ms: 60_000,
      state: "in_doubt",
      code: "timeout",
      stderr: "POST /media_publish\nno answer after 60 s\n",
    },
    {
      name: "export-orders",
      key: "orders/today",
      at: now - 0.4 * HOUR,
      ms: 800,
      state: "failed",
      code: "auth",
    },
  ]);
  const checks = [now - 2 * DAY, now - DAY, now - 60_000];
  await ledger.watch({ name: "published-posts", window: "24h", call: "instagram-post" }, checks, [
    now - 1.5 * DAY,
  ]);
  await ledger.watch({ name: "database-backups", window: "26h" }, checks, [now - 1.5 * DAY, now - 5 * HOUR]);
  const drafts = await attemptsOn(ledger.path);
  for (let n = 0; n < 12; n++) {
    const entered = await drafts.begin("write-draft");
    if (entered.kind === "place") entered.place.leave({ started: true, opens: false, microUsd: 620_000 });
  }
  await drafts.begin("write-draft");
  await drafts.begin("write-draft");
  const waits = drafts.begin("write-draft");
  await run(ledger.path, now);
  const exports = await attemptsOn(ledger.path, bigquery);
  const entered = await exports.begin("export-orders", 0);
  if (entered.kind === "place") entered.place.leave({ started: true, opens: true, code: "auth" });
  return async () => {
    drafts.cancel();
    await waits;
  };
}

/** Two drafts that run, the second attempt of one of them, and a draft that waits for a place. */
async function run(ledger: string, now: number): Promise<void> {
  const history = await History.of(ledger);
  const { request } = await history.started({ name: "write-draft", key: "blog/next" });
  const draft = { name: "write-draft", resource: "anthropic", limitMs: 15 * MINUTE };
  await history.journal(
    {
      ...draft,
      callId: request.callId,
      key: request.key,
      startedAt: now - 4.2 * MINUTE,
      attempt: 2,
      costUsd: 0.34,
    },
    { ...draft, startedAt: now - 1.6 * MINUTE },
    { ...draft, startedAt: now - 0.7 * MINUTE, attempt: 0, waiting: true },
  );
}

async function picture(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 60 });
  return Buffer.from(data, "base64");
}

describe.skipIf(chromium === undefined)(`pictures of the dashboard${withoutChromium}`, () => {
  useBrowser();

  test("desktop and phone, light and dark", async () => {
    await using ledger = new Ledger();
    const end = await fill(ledger);
    const folder = FOLDER ?? tempFolder();
    mkdirSync(folder, { recursive: true });
    for (const [name, options] of Object.entries(PICTURES)) {
      const page = await visit(await openDashboard({ ledger: ledger.path }), options);
      await page.getByRole("region", { name: "Last calls" }).getByRole("row").nth(20).waitFor();
      const bytes = await picture(page);
      expect([name, bytes.length > 5000, bytes.length < MOST_BYTES]).toEqual([name, true, true]);
      writeFileSync(path.join(folder, `${name}.webp`), bytes);
    }
    await end();
  });
});
