import type { LedgerStore } from "../ledger/store/store.ts";
import type { LedgerTrace } from "./channels.ts";
import { traced } from "./trace.ts";
import { hashKey } from "./canonical-log-line.ts";

/** The operations of a ledger that calls and dedupe use; each is traced. */
export type UsedLedger = Pick<LedgerStore, LedgerTrace["operation"]>;

/** The same ledger; it publishes every use on the channel `hardcall:ledger`. */
export function traceLedger(store: LedgerStore): UsedLedger {
  return {
    claim: (request, within) =>
      run({ operation: "claim", ...request }, () => store.claim(request, within), kindOf),
    started: (claim, start, within) =>
      run({ operation: "started", ...claim }, () => store.started(claim, start, within)),
    heartbeat: (claim, note, within) =>
      run({ operation: "heartbeat", ...claim }, () => store.heartbeat(claim, note, within)),
    settle: (claim, result, within) =>
      run({ operation: "settle", ...claim }, () => store.settle(claim, result, within), kindOf),
    settleAndClaim: (claim, result, request, within) =>
      run(
        { operation: "settleAndClaim", ...request },
        () => store.settleAndClaim(claim, result, request, within),
        ({ next }) => next.kind,
      ),
    probed: (claim, answer, within) =>
      run({ operation: "probed", ...claim }, () => store.probed(claim, answer, within), kindOf),
    checkContent: (request, within) =>
      run(
        { operation: "checkContent", name: request.scope, callId: request.callId },
        () => store.checkContent(request, within),
        kindOf,
      ),
    commitContent: (request, within) =>
      run(
        { operation: "commitContent", name: request.scope, callId: request.callId },
        () => store.commitContent(request, within),
        kindOf,
      ),
    releaseContent: (request, within) =>
      run(
        { operation: "releaseContent", name: request.scope, callId: request.callId },
        () => store.releaseContent(request, within),
        kindOf,
      ),
    forget: (content, within) =>
      run({ operation: "forget", name: content.scope }, () => store.forget(content, within), kindOf),
  };
}

interface Use {
  readonly operation: LedgerTrace["operation"];
  readonly name: string;
  readonly key?: string | undefined;
  readonly callId?: string | undefined;
}

const kindOf = ({ kind }: { readonly kind: string }) => kind;

function run<T>(
  { operation, name, key, callId }: Use,
  work: () => Promise<T>,
  tell?: (answer: T) => string,
): Promise<T> {
  return traced(
    "ledger",
    () => ({
      operation,
      name,
      ...(key !== undefined && { keySha256: hashKey(key) }),
      ...(callId !== undefined && { callId }),
    }),
    work,
    (context, result, durationMs) => {
      context.durationMs = durationMs;
      if (result.status === "fulfilled") {
        if (tell !== undefined) context.answer = tell(result.value);
        return undefined;
      }
      const code: unknown = (result.reason as { readonly code?: unknown } | null)?.code;
      // The ledger's own message may name a key, which no trace may hold.
      return {
        code: typeof code === "string" ? code : "ledger_unavailable",
        message: `the ledger operation ${operation} failed`,
      };
    },
  );
}
