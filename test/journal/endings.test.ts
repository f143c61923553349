import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { stateOf } from "../../src/journal/state.ts";
import { ledgerPath, newLedger } from "../helpers/ledger.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";
import { hardcall, startHardcall, startHost } from "../helpers/run.ts";

async function rowsOf(ledger: string) {
  const store = await openLedgerAt(ledger);
  try {
    return await store.journal();
  } finally {
    await store.close();
  }
}

describe("the rows of a process that ends are in the journal", () => {
  it.each(["by itself", "exit", "throw", "close", "worker", "run"])("%s", async (how) => {
    const ledger = ledgerPath();
    const { stdout } = await startHost("journals-and-ends.ts", [how, ledger]).finished;
    const rows = await rowsOf(ledger);
    expect(rows).toMatchObject([{ callId: JSON.parse(stdout.toString()) as string, outcome: "executed" }]);
  });

  it("by itself, in Postgres", async () => {
    const ledger = await newLedger("Postgres");
    const { stdout } = await startHost("journals-and-ends.ts", ["by itself", ledger]).finished;
    const rows = await rowsOf(ledger);
    expect(rows).toMatchObject([{ callId: JSON.parse(stdout.toString()) as string, outcome: "executed" }]);
  });

  it.each(["a file", "Postgres"] as const)("of a signal, in %s", async (kind) => {
    const ledger = await newLedger(kind);
    const { child, finished } = startHost("journals-and-ends.ts", ["signal", ledger]);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.kill("SIGTERM");
    expect(await finished).toMatchObject({ signal: "SIGTERM" });
    expect(await rowsOf(ledger)).toMatchObject([{ outcome: "failed", code: "cancelled" }]);
  });

  it("hardcall run, also one that is interrupted", async () => {
    const ledger = ledgerPath();
    const env = { HARDCALL_JOURNAL: "1", HARDCALL_LEDGER: ledger };
    await hardcall(["run", "--timeout", "60s", "--", "echo", "hello"], { env });
    const { child, finished } = startHardcall(
      ["run", "--timeout", "60s", "--stderr", "live", "--", "sh", "-c", "echo ready >&2; exec sleep 60"],
      { env },
    );
    await once(child.stderr as NodeJS.ReadableStream, "data");
    child.kill("SIGINT");
    expect(await finished).toMatchObject({ exitCode: 130 });
    expect(await rowsOf(ledger)).toMatchObject([
      { name: "sh", outcome: "failed", code: "cancelled" },
      { name: "echo", outcome: "executed" },
    ]);
  });
});

it("a call whose process was killed is lost", async () => {
  const ledger = ledgerPath();
  const { child, finished } = startHost("journals-and-ends.ts", ["signal", ledger]);
  await once(child.stdout as NodeJS.ReadableStream, "data");
  child.kill("SIGKILL");
  await finished;
  const [row] = await rowsOf(ledger);
  expect(row).toMatchObject({ name: "ending", ownerAlive: "dead" });
  expect(row && stateOf(row, Date.now())).toBe("lost");
});
