/** Says whether a value read from a document is what the rules count on. More fields than they need do no harm. */
type Check = (value: unknown) => boolean;

/** JSON has no NaN, and what is none of the numbers would pass each limit. */
const number: Check = (value) => typeof value === "number";
const text: Check = (value) => typeof value === "string";
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every((item) => check(item));
const tuple =
  (...checks: readonly Check[]): Check =>
  (value) =>
    Array.isArray(value) && checks.every((check, at) => check(value[at]));
const record =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(checks).every(([field, check]) => check((value as Record<string, unknown>)[field]));

const window: Check = (value) =>
  record({ kind: (kind) => kind === "sliding", ms: number })(value) ||
  record({ kind: (kind) => kind === "day", timeZone: text })(value);

const limits = record({
  concurrency: maybe(number),
  rate: maybe(record({ starts: number, window })),
  budget: maybe(record({ microUsd: number, window })),
  breaker: maybe(record({ failures: number, cooldownMs: number, maxCooldownMs: number })),
});

const opening = record({ kind: text, code: text, since: number, until: maybe(number) });
const numbers = list(number);

/** All that needs no look at another part of the document. */
const parts = record({
  clock: record({ t: number, at: number, anchors: list(record({ boot: text, reading: number, t: number })) }),
  limits: list(record({ limits, seen: number })),
  machines: list(tuple(text, text, text)),
  starts: numbers,
  spent: numbers,
  unknown: numbers,
  unknownCalls: numbers,
  costs: list(tuple(text, numbers)),
  days: list(record({ timeZone: text, date: text, from: number })),
  breaker: record({
    open: maybe(opening),
    failuresInRow: number,
    closedAt: number,
    history: list(record({ t: number, to: text, because: text })),
  }),
});

/** Whether a value is the index of an item. */
const indexOf =
  (items: unknown): Check =>
  (value) =>
    typeof value === "number" && Array.isArray(items) && items[value] !== undefined;

/** Whether a document of this form is whole: one with a place of an owner that it does not name would never be free again. */
export function isWhole(packed: { readonly machines?: unknown; readonly owners?: unknown }): boolean {
  if (!parts(packed) || !Array.isArray(packed.owners)) return false;
  const owner = indexOf(packed.owners);
  const lostOwner: Check = (value) => text(value) || owner(value);
  const place = (of: Check) => tuple(of, text, text, text, number, number, number, number, text, number);
  const head = tuple(text, text, text, number, number);
  return record({
    owners: list(tuple(indexOf(packed.machines), number, text, text, number)),
    places: list(place(owner)),
    lost: list(place(lostOwner)),
    lines: list(tuple(owner, number, list(head))),
  })(packed);
}
