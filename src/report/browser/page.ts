import type { ReportData } from "../data.ts";

/** The data inside the page. */
export const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as ReportData;

const OUTCOMES = ["succeeded", "recovered", "failed", "in_doubt", "running", "lost"];
const VERDICTS = ["ok", "late", "silent", "unknown"];
const WORDS = [...OUTCOMES, ...VERDICTS, "artifact"];

/** Colours by the names in the page's style, so that light and dark mode need no redraw. */
export const COLORS = { domain: WORDS, range: WORDS.map((word) => `var(--${word.replace("_", "-")})`) };

/** How many labels fit on the time axis. */
export const timeTicks = (width: number): number => Math.max(2, Math.floor(width / 110));
