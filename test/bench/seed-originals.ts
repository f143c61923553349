/** A process of its own, so that the ledger is closed when it ends: `seed-originals.ts LEDGER` makes one call of each kind. */
import { command, defineCall, openLedger } from "hardcall";

type Store = Awaited<ReturnType<typeof openLedger>>;

const once = (ledger: Store, name: string) =>
  ({ name, key: () => name, effects: "once", timeout: "1m", ledger }) as const;
const free = (ledger: Store, name: string) =>
  ({ name, effects: "none", journal: true, timeout: "1m", ledger }) as const;
const failing = (options = {}) => command("sh", () => ["-c", "echo no >&2; exit 3"], options);

/** The calls that a seeded ledger has copies of, by name. */
export const ORIGINAL_CALLS = {
  executed: (ledger: Store, name: string) =>
    defineCall({
      ...once(ledger, name),
      callee: command("printf", () => ['{"rows":12}']),
      evidence: [async () => ({ found: { table: "orders", rows: 12 } })],
    }),
  failed: (ledger: Store, name: string) =>
    defineCall({ ...once(ledger, name), callee: failing({ rejectedExitCodes: [3] }) }),
  "in-doubt": (ledger: Store, name: string) => defineCall({ ...once(ledger, name), callee: failing() }),
  journal: (ledger: Store, name: string) =>
    defineCall({ ...free(ledger, name), callee: command("echo", () => ["done"]) }),
  "journal-failed": (ledger: Store, name: string) => defineCall({ ...free(ledger, name), callee: failing() }),
} as const;

const ledger = await openLedger(process.argv[2]);
for (const [name, define] of Object.entries(ORIGINAL_CALLS)) await define(ledger, name).settle(undefined);
await ledger.close();
