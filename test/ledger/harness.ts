import type { Effects } from "../../src/core/vocabulary.ts";
import type { ClaimRequest } from "../../src/ledger/operation/events.ts";
import type { Claim } from "../../src/ledger/operation/state.ts";
import type { Liveness } from "../../src/ledger/owner/owner.ts";
import type {
  LedgerStore,
  SettleRequest,
  StoreClaimAnswer,
  StoreOptions,
} from "../../src/ledger/store/store.ts";
import { fakeOwner } from "./owners.ts";

export const LEASE_MS = 30_000;
export const T0 = 1_763_640_000_000;

/** One ledger shared by several owners, under a clock and a liveness that the test sets. */
export interface Harness {
  now: number;
  readonly liveness: Map<string, Liveness>;
  as(owner: string, options?: StoreOptions): Promise<LedgerStore>;
}

/** How a kind of store is opened for a test; called once per owner, on the same data within one test. */
export type OpenStore = (options: StoreOptions) => Promise<LedgerStore>;

export function harness(open: OpenStore): Harness {
  const stores = new Map<string, LedgerStore>();
  const self: Harness = {
    now: T0,
    liveness: new Map(),
    async as(owner, options = {}) {
      const known = stores.get(owner);
      if (known !== undefined) return known;
      const store = await open({
        clock: () => self.now,
        liveness: ({ id }) => self.liveness.get(id) ?? "alive",
        owner: fakeOwner(owner),
        ...options,
      });
      stores.set(owner, store);
      return store;
    },
  };
  return self;
}

let calls = 0;

export function request(effects: Effects, change: Partial<ClaimRequest> = {}): ClaimRequest {
  calls += 1;
  return {
    name: "publish",
    key: "lodge/2026-11-20",
    callId: `call-${calls}`,
    fingerprint: "v1:sha256:one",
    effects,
    leaseMs: LEASE_MS,
    ...change,
  };
}

/** Claims and expects to be let in. */
export async function proceed(
  store: LedgerStore,
  effects: Effects,
  change: Partial<ClaimRequest> = {},
): Promise<Claim> {
  return claimOf(await store.claim(request(effects, change)));
}

export async function start(
  store: LedgerStore,
  effects: Effects,
  change: Partial<ClaimRequest> = {},
): Promise<Claim> {
  const claim = await proceed(store, effects, change);
  await store.started(claim, { cookie: "cookie-1" });
  return claim;
}

export function claimOf(answer: StoreClaimAnswer): Claim {
  if (answer.kind === "proceed" || answer.kind === "probe") return answer.claim;
  throw new Error(`The ledger answered ${answer.kind}.`);
}

export function failed(
  effect: "not_started" | "rejected" | "completed" | "unknown",
  code = "timeout",
): SettleRequest {
  return { state: "failed", end: { code, effect, exitCode: 1, stderrTail: "no\0pe", durationMs: 12.5 } };
}

export function succeeded(
  value: unknown,
  more: { store?: "value" | "hash"; details?: string } = {},
): SettleRequest {
  return {
    state: "succeeded",
    end: { exitCode: 0, stdoutBytes: 3, stdoutSha256: "ab", durationMs: 7 },
    value,
    ...more,
  };
}
