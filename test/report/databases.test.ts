import { expect, it } from "vitest";
import { isBlank } from "../../src/core/blank.ts";
import { VISIBLE } from "../../src/report/first-seen.ts";
import { makeReport } from "../../src/report/make-report.ts";
import { LEDGER_KINDS } from "../helpers/ledger.ts";
import { DAY, HOUR, Ledger, NOW, type Seed } from "./seed.ts";

/** Outputs as they come, and texts in which nothing is visible. */
const OUTPUTS = [
  "a draft",
  " indented",
  "\nafter a line break",
  '"quoted"',
  "\\escaped",
  "# a heading",
  "Ärger",
  "Привет",
  "日本語",
  "🎉 published",
  "\u001b[31mred\u001b[0m",
  "",
  " ",
  "\t\r\n",
  "\u00a0\u200b\ufeff",
  "\u001b[0m\u001b[2J",
  "\u3164",
  "x".repeat(1000),
  `${" ".repeat(300)}far behind`,
];

/** Details that a caller of the store wrote: not all of them are JSON, and not all of that is what Postgres takes for it. */
const DETAILS = [
  "",
  "not JSON",
  '{"costUsd": "much"}',
  '{"costUsd": 1, "evidence": 5}',
  '{"costUsd": 2, "evidence": []}',
  '{"costUsd": 4, "text": "\\u0000 and \\ud800"}',
  '{"costUsd": 8, "text": "a backslash: \\\\u0000", "evidence": [{"kind": "rows", "rows": 3, "ids": []}]}',
  '[{"costUsd": 16}]',
  '"costUsd"',
];

const facts = (value: number, modifiedAt: string) => [{ kind: "function", facts: { value, modifiedAt } }];

function seeds(): Seed[] {
  const every = (list: readonly Partial<Seed>[], name: string): Seed[] =>
    list.map((one, index) => ({ name, key: `${name}/${index}`, at: NOW - (100 - index) * HOUR, ...one }));
  return [
    ...every(
      [...OUTPUTS, ...OUTPUTS].map((value) => ({ value })),
      "drafts",
    ),
    ...every(
      DETAILS.map((details) => ({ details })),
      "foreign",
    ),
    ...every(
      [facts(1, "2026"), facts(1, "2027"), facts(2, "2027")].map((evidence) => ({ evidence })),
      "checked",
    ),
    // A sighting from before the period is not new within it.
    { name: "old", key: "old/1", at: NOW - 40 * DAY, value: "again", evidence: facts(1, "2026") },
    { name: "old", key: "old/2", at: NOW - DAY, value: "again", evidence: facts(1, "2027") },
    { name: "Zebra", at: NOW - DAY, state: "failed", code: "timeout" },
    { name: "_", at: NOW - DAY, state: "failed", code: "timeout" },
    { name: "émile", at: NOW - DAY, state: "started" },
  ];
}

/** What the page shows. The last digit of a sum may differ, and calls have ids of their own. */
function dataOf(html: string): unknown {
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
  return JSON.parse(json, (name, value: unknown) => {
    if (name === "callId") return "";
    return typeof value === "number" ? Number(value.toFixed(6)) : value;
  });
}

it("the same calls make the same page, whichever database holds them", async () => {
  const pages: unknown[] = [];
  for (const kind of LEDGER_KINDS) {
    await using ledger = await Ledger.with(kind);
    await ledger.add(seeds());
    const days = [NOW - 3 * DAY, NOW - 2 * DAY, NOW - DAY];
    await ledger.watch({ name: "drafts-feed", window: "30h", call: "drafts" }, days, days.slice(0, 1));
    await ledger.watch({ name: "backups", window: "30h" }, days, days);
    pages.push(dataOf(await makeReport({ ledger: ledger.path, days: 30, now: NOW })));
  }
  const [file, postgres] = pages;
  expect(postgres).toEqual(file);
  // 1 + 2 + 4 + 8, of the details above.
  expect(file).toMatchObject({ totals: { costUsd: 15 } });
});

it("no character that the database takes for visible is a blank", () => {
  const visible = new RegExp(`^[${VISIBLE}]$`, "u");
  const wrong: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (visible.test(character) && isBlank(character)) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});
