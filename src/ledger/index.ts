export { canonicalize, fingerprintOf } from "./key/canonical.ts";
export { createStore } from "./store/create-store.ts";
export { LedgerError, type LedgerErrorCode, type UnavailableReason } from "../database/errors.ts";
export type {
  ClaimRequest,
  ProbeAnswer,
  ProbedAnswer,
  ResolveAnswer,
  SettleAnswer,
  Verdict,
} from "./operation/events.ts";
export { checkKey, keyFor, type KeyPart, toKey } from "./key/key.ts";
export { defaultLedgerPath } from "../database/ledger-path.ts";
export { createMemoryLedger, createMemoryStore, type MemoryLedger } from "./store/memory.ts";
export { isBlank } from "../core/blank.ts";
export { isHashOfNothing } from "../core/hash-of-nothing.ts";
export { currentOwner, isOwnerAlive, type Liveness, type Owner } from "./owner/owner.ts";
export { openSqliteStore, type SqliteOptions } from "./store/sqlite.ts";
export type * from "./operation/state.ts";
export type {
  LedgerStore,
  Listing,
  OperationHistory,
  OperationRef,
  Pruned,
  SettleRequest,
  StoreClaimAnswer,
  StoreOptions,
  Unfinished,
  Within,
} from "./store/store.ts";
export { DEFAULT_MAX_VALUE_BYTES, keepValue, readValue, type StorePolicy } from "./key/value.ts";
