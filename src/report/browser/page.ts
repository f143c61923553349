import type { ReportData } from "../data.ts";

/** What the page has come with. */
export const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as ReportData;

const OUTCOMES = ["succeeded", "recovered", "failed", "in_doubt", "running"];
const VERDICTS = ["ok", "late", "silent", "unknown"];
const WORDS = [...OUTCOMES, ...VERDICTS, "artifact"];

/** Named in the page's style, so that light and dark need no second drawing. */
export const COLORS = { domain: WORDS, range: WORDS.map((word) => `var(--${word.replace("_", "-")})`) };

/** So many labels have room on the axis of time. */
export const timeTicks = (width: number): number => Math.max(2, Math.floor(width / 110));
