import { fileURLToPath } from "node:url";
import { defineCall } from "../../../src/call/define-call.ts";
import type { Effects } from "../../../src/core/vocabulary.ts";
import { command } from "../../../src/callees/command.ts";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";

const ALONE = fileURLToPath(new URL("fixtures/alone.sh", import.meta.url));

/** A call of fixtures/alone.sh. What it does is no part of its input: a call that is to end finds one that stays. */
export function callAlone(ledger: LedgerStore | string, folder: string, what: string, effects: Effects) {
  const options = {
    name: "alone",
    callee: command(ALONE, [folder], { env: { ALONE: what } }),
    timeout: "60s",
    effects,
    key: () => "the-one",
    ...(effects === "verifiable" && { probe: () => "absent" as const, effectWithin: "none" }),
    ledger,
  };
  return defineCall(options as Parameters<typeof defineCall<void, string, object>>[0]);
}
