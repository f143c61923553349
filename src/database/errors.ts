/** What went wrong, in the vocabulary every hardcall error shares. */
export type LedgerErrorCode = "ledger_unavailable" | "lease_lost" | "key_conflict" | "invalid_config";

/** Why a ledger cannot be used; present when `code` is `ledger_unavailable`. */
export type UnavailableReason =
  | "locked"
  | "corrupt"
  | "not_a_ledger"
  | "newer_schema"
  | "read_only"
  | "disk_full"
  | "network_file_system"
  | "file_replaced"
  | "no_sqlite"
  | "closed"
  | "io"
  | "unreachable"
  | "refused"
  | "older_schema"
  | "not_durable";

/**
 * A ledger said no. `message` is a sentence that says what to do; it never contains a value, only names, keys
 * and paths.
 */
export class LedgerError extends Error {
  override readonly name = "LedgerError";
  readonly code: LedgerErrorCode;
  readonly reason: UnavailableReason | undefined;

  constructor(
    code: LedgerErrorCode,
    message: string,
    options: ErrorOptions & { reason?: UnavailableReason } = {},
  ) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.reason = options.reason;
  }
}

export function unavailable(reason: UnavailableReason, message: string, cause?: unknown): LedgerError {
  return new LedgerError("ledger_unavailable", message, cause === undefined ? { reason } : { reason, cause });
}

/** A ledger whose program Deno does not allow enough: the files, and who and where it is. */
export const notAllowed = (cause: unknown): LedgerError =>
  new LedgerError(
    "invalid_config",
    "A ledger needs more rights than Deno was given: --allow-env, --allow-read, --allow-write and --allow-sys. Start it with deno run --allow-all.",
    { cause },
  );

/** Whether a ledger that could not be used for this reason may be usable again by itself. */
export const mayPass = (error: unknown): boolean =>
  error instanceof LedgerError &&
  ["locked", "disk_full", "io", "unreachable", "read_only"].includes(error.reason ?? "");

/** The system's code of an error, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}
