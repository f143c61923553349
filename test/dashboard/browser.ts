import { type Browser, type BrowserContextOptions, chromium as playwright, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import type { Dashboard } from "../../src/dashboard/server/start-dashboard.ts";
import { chromium } from "../helpers/chromium.ts";

/** For a browser and a server on a machine that others use, too. */
const PATIENCE_MS = 20_000;

let browser: Browser | undefined;

/** One Chromium for the tests of a file; each page has a profile of its own. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await playwright.launch({ executablePath: chromium ?? "", args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
  });
}

export interface Visit extends BrowserContextOptions {
  /** Where the page is opened. @default the dashboard's own URL */
  readonly url?: string;
  /** What the browser may complain about: by default nothing. */
  readonly mayComplain?: RegExp;
  /** Whether the page gets to show a ledger. @default true */
  readonly isLive?: boolean;
}

/**
 * Opens the dashboard in a new profile. When the test is over, a complaint of the browser makes it fail: an error of the page's script, a
 * violation of the content security policy, or a request to another origin.
 */
export async function visit(
  dashboard: Dashboard,
  { url = dashboard.url, mayComplain = /favicon/, isLive = true, ...options }: Visit = {},
): Promise<Page> {
  if (browser === undefined) throw new Error("useBrowser() comes first");
  const context = await browser.newContext({ viewport: { width: 1120, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const { origin } = new URL(url);
  context.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) complaints.push(`a request to ${request.url()}`);
  });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type()))
      complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  onTestFinished(async () => {
    await context.close();
    expect(complaints.filter((complaint) => !mayComplain.test(complaint))).toEqual([]);
  });
  const page = await context.newPage();
  await page.goto(url);
  if (isLive) await page.getByText("live", { exact: true }).waitFor();
  return page;
}

interface Focus {
  readonly id: string;
  readonly name: string | undefined;
  readonly value: string | undefined;
  /** From and to, in a text field. */
  readonly selection: readonly (number | null)[];
  /** What a screen reader would say of it, roughly. */
  readonly text: string;
}

/** What has the keyboard's focus. */
export const focusOf = (page: Page): Promise<Focus> =>
  page.evaluate<Focus>(`(() => {
    const { id, name, value, selectionStart, selectionEnd, innerText, ariaLabel } = document.activeElement;
    return { id, name, value, selection: [selectionStart, selectionEnd], text: ariaLabel ?? innerText };
  })()`);

/** What is on the page that the page's own code does not make. */
export const foreignParts = (page: Page) =>
  page.evaluate<readonly string[]>(`[
    ...document.querySelectorAll("body img, body script, iframe, object, embed, base, svg, style, [style*=url], [autofocus], b[class]"),
    ...[...document.querySelectorAll("*")].filter((element) => [...element.attributes].some(({ name }) => name.startsWith("on"))),
    ...[...document.querySelectorAll("a, [src]")].filter((a) => a.tagName === "A" && !a.getAttribute("href").startsWith("#")),
    ...(globalThis.pwned === undefined ? [] : [{ outerHTML: "pwned" }]),
  ].map(({ outerHTML }) => outerHTML)`);
