import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { claude, defineCall, defineResource, openLedger, type LedgerStore } from "hardcall";
import { fakeEnv } from "./agents.mts";
import { nextMark } from "./trial.mts";

const CALLS = 24;
const AT_ONCE = 4;

/** Calls at once, and a circuit breaker: all calls of this resource share them, over all processes. */
const anthropic = defineResource({ name: "anthropic", concurrency: 3, circuitBreaker: true });

interface Counted {
  readonly reached: number;
  readonly codes: ReadonlyMap<string, number>;
}

/** A scheduler goes on to call after the key was revoked: without a resource, and with one. */
export async function tellRevokedKey(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-demo-"));
  const ledger = await openLedger(path.join(folder, "ledger.db"));
  try {
    for (const [title, resource] of [
      ["without a resource", undefined],
      ["with a resource", anthropic],
    ] as const) {
      const log = path.join(folder, title);
      const { reached, codes } = await schedule(log, ledger, resource);
      const ends = [...codes].map(([code, count]) => `${count} ${code}`).join(", ");
      print(`${title.padEnd(20)}${CALLS} calls, ${String(reached).padStart(2)} reached claude: ${ends}`);
    }
  } finally {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function schedule(
  log: string,
  ledger: LedgerStore,
  resource: typeof anthropic | undefined,
): Promise<Counted> {
  const draft = defineCall({
    name: "write-draft",
    callee: claude({ env: { ...fakeEnv("claude", "auth", nextMark()), FAKE_CLAUDE_LOG: log } }),
    timeout: "1m",
    effects: "none",
    resource,
    ledger,
    // The demo throws its ledger away.
    journal: false,
  });
  const codes = new Map<string, number>();
  for (let made = 0; made < CALLS; made += AT_ONCE) {
    const settled = await Promise.all(Array.from({ length: AT_ONCE }, () => draft.settle("Write the post")));
    for (const end of settled) {
      const code = end instanceof Error ? end.code : end.outcome;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
  }
  // Each invocation has several lines.
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const pids = new Set(lines.map((line) => (JSON.parse(line) as { readonly pid: number }).pid));
  return { reached: pids.size, codes };
}
