import { createHash } from "node:crypto";
import type { LedgerStore } from "../ledger/store/store.ts";
import type { Admission } from "./idempotency-guard.ts";

/**
 * Adds the printed bytes to a success of which the ledger has only the value, as recorded by the library or by an older hardcall. It
 * tries the likely forms of the value and takes the one with the recorded hash; if none has it, it adds nothing.
 *
 * @param store where the call was found; nothing for a callee that prints nothing again
 */
export async function withPrinted(
  done: Admission,
  record: { readonly callId: string; readonly name: string },
  store: Pick<LedgerStore, "show"> | undefined,
): Promise<Admission> {
  if (store === undefined || done.kind !== "done") return done;
  if (done.output !== undefined || done.value === undefined) return done;
  const [found] = await store.show({ callIdOrKey: record.callId, name: record.name });
  const success = found?.attempts.findLast(
    ({ effect, code }) => effect === "completed" && code === undefined,
  );
  return { ...done, output: proven(done.value, success?.stdoutSha256) };
}

function proven(value: unknown, sha256: string | undefined): Uint8Array | undefined {
  const texts = typeof value === "string" ? [value] : [JSON.stringify(value), JSON.stringify(value, null, 2)];
  return texts
    .flatMap((text) => ["\n", "", "\r\n"].map((ending) => Buffer.from(text + ending)))
    .find((bytes) => createHash("sha256").update(bytes).digest("hex") === sha256);
}
