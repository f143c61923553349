export { canonicalize, fingerprintOf } from "./canonical.ts";
export { createStore } from "./create-store.ts";
export { LedgerError, type LedgerErrorCode, type UnavailableReason } from "./errors.ts";
export type {
  ClaimRequest,
  ProbeAnswer,
  ProbedAnswer,
  ResolveAnswer,
  SettleAnswer,
  Verdict,
} from "./events.ts";
export { checkKey, keyFor, type KeyPart, toKey } from "./key.ts";
export { defaultLedgerPath } from "./ledger-path.ts";
export { createMemoryLedger, createMemoryStore, type MemoryLedger } from "./memory.ts";
export { isBlank } from "../call/blank.ts";
export { isHashOfNothing } from "./nothing.ts";
export { currentOwner, isOwnerAlive, type Liveness, type Owner } from "./owner.ts";
export { openSqliteStore, type SqliteOptions } from "./sqlite.ts";
export type * from "./state.ts";
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
} from "./store.ts";
export { DEFAULT_MAX_VALUE_BYTES, keepValue, readValue, type StorePolicy } from "./value.ts";
