import { errnoOf, LedgerError, unavailable, type UnavailableReason } from "../errors.ts";
import { Passing } from "./passing.ts";

/** The five letters or digits by which Postgres names an error: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** A migration that an older hardcall cannot work with raises it when that tries to. */
export const RESTART_SQLSTATE = "HC001";

/**
 * An error of Postgres, of `pg` or of the network as a sentence that says what to do. It never contains what the server wrote, as that
 * may hold a value.
 *
 * @returns a `Passing` for what may pass, else a LedgerError, else the error itself: a fault of hardcall's own
 */
export function explainPostgres(error: unknown, location: string, doing: "connecting" | "running"): unknown {
  if (error instanceof LedgerError || error instanceof Passing || !(error instanceof Error)) return error;
  const code = refusalOfPooler(error) ?? sqlStateOf(error);
  const ledger = `The ledger ${location}`;
  const no = (reason: UnavailableReason, message: string) => unavailable(reason, message, causeOf(error));
  const passing = (message: string, ambiguous: boolean) =>
    new Passing(no("unreachable", message), ambiguous && doing === "running");
  switch (code) {
    case "28P01":
    case "28000":
      return /no encryption|SSL/i.test(error.message)
        ? no(
            "refused",
            `${ledger} takes only connections with TLS from here. Add sslmode=verify-full (or require) to its URL.`,
          )
        : no(
            "refused",
            `${ledger} refused the user or the password. Check them in its URL (or PGUSER, PGPASSWORD, PGPASSFILE), and pg_hba.conf.`,
          );
    case "3D000":
      return no(
        "refused",
        `The ledger ${location} has no such database. Create it, or check the name in the URL; without a name, Postgres takes the user's.`,
      );
    case "42501":
      return no(
        "refused",
        `${ledger} does not give this user the rights that it needs. Run "hardcall ledger migrate" as the owner of its schema, then grant this user what docs/postgres.md lists.`,
      );
    case "42P01":
    case "42703":
    case "3F000":
      return no(
        "not_a_ledger",
        `${ledger} has lost tables or columns (${code}), or belongs to something else. Nothing was written. Restore it from its backup, or name another schema.`,
      );
    case "53100":
      return no("disk_full", `The disk of the ledger ${location} is full. Free some space, then retry.`);
    case "54000":
      return new LedgerError(
        "invalid_config",
        `The key is longer than an index of Postgres can hold (2,704 bytes). Shorten it.`,
        { cause: causeOf(error) },
      );
    case "XX001":
    case "XX002":
      return no(
        "corrupt",
        `${ledger} is damaged (${code}). Check the server's log and its disk before any call runs again.`,
      );
    case RESTART_SQLSTATE:
      return no(
        "newer_schema",
        `A newer hardcall has migrated the ledger ${location}. Restart this process with that version.`,
      );
    case "53300":
      return passing(
        `${ledger} has no connection left for this user or database (too many clients). Raise max_connections, put PgBouncer in front, or run fewer workers.`,
        false,
      );
    case "40001":
    case "40P01":
    case "55P03":
      return new Passing(
        no(
          "locked",
          `${ledger} was locked by other transactions (${code}). Retry, or give the call more time.`,
        ),
        false,
      );
    case "57014":
      return new Passing(
        no(
          "locked",
          `${ledger} ended a statement that took too long (statement_timeout, or an administrator). Retry, or raise that limit.`,
        ),
        false,
      );
    case "25006":
      return new Passing(
        no(
          "read_only",
          `${ledger} is read-only: a standby, or a server in the middle of a failover. Name the primary (with several hosts behind one name, wait for the failover to end).`,
        ),
        false,
      );
    case undefined:
      return withoutState(error, ledger, doing, passing, no);
    default:
      if (/^(?:08|57P|25P|53|40)/.test(code)) {
        return passing(
          `${ledger} ended the connection or takes none (${code}). Check that the server is up, then retry.`,
          !code.startsWith("53"),
        );
      }
      return no("io", `Postgres could not use the ledger ${location} (SQLSTATE ${code}).`);
  }
}

function withoutState(
  error: Error,
  ledger: string,
  doing: "connecting" | "running",
  passing: (message: string, ambiguous: boolean) => Passing,
  no: (reason: UnavailableReason, message: string) => LedgerError,
): unknown {
  const errno = errnoOf(error);
  if (/does not support SSL/i.test(error.message)) {
    return no(
      "refused",
      `${ledger} does not offer TLS, and its URL asks for it (sslmode). Turn ssl on at the server, or leave sslmode out.`,
    );
  }
  if (isCertificateError(errno)) {
    return no(
      "refused",
      `The certificate of ${ledger.replace("The", "the")} is not trusted (${errno}). Name its authority with sslrootcert=FILE, or check the host in the URL.`,
    );
  }
  if (error.message.includes("pool after calling end")) return no("closed", `${ledger} is closed.`);
  if (/password must be a string/i.test(error.message)) {
    return no(
      "refused",
      `${ledger} asks for a password, and none was given. Set PGPASSWORD or PGPASSFILE, or write it in the URL.`,
    );
  }
  // pg's own names for a connection that is gone have no code.
  if (
    doing === "connecting" ||
    errno !== undefined ||
    /connection|terminated|closed|socket|TLS/i.test(error.message)
  ) {
    const why = errno === undefined ? "" : ` (${errno})`;
    return passing(
      doing === "connecting"
        ? `${ledger} cannot be reached${why}. Check that Postgres is up, and the host and port.`
        : `The connection to ${ledger.replace("The", "the")} was lost${why}. Check that Postgres is up, then retry.`,
      true,
    );
  }
  return error;
}

/** PgBouncer has one code for all that it refuses (08P01): what Postgres would call it. */
function refusalOfPooler(error: Error): string | undefined {
  if (sqlStateOf(error) !== "08P01") return undefined;
  if (/authentication failed|no such user/i.test(error.message)) return "28P01";
  return /database .* does not exist|no such database/i.test(error.message) ? "3D000" : undefined;
}

/** An answer that did not come in time. Its connection is closed, and what it was doing may still happen. */
export function tooSlow(location: string, waitedMs: number, doing: "connecting" | "running"): Passing {
  const after = (ms: number) => {
    const seconds = `${(ms / 1000).toFixed(1)} s`;
    return unavailable(
      "unreachable",
      doing === "connecting"
        ? `The ledger ${location} gave no connection within ${seconds}: Postgres cannot be reached, or every connection of the pool is in use.`
        : `The ledger ${location} did not answer within ${seconds}. Check that Postgres can be reached, then retry.`,
    );
  };
  return new Passing(after(waitedMs), doing === "running", after);
}

/** Whether a connection is of no more use after an error: the server has closed it, or did not get to say so. */
export function endsConnection(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || /^(?:08|57P|25P0[3-5])/.test(state);
}

/** The SQLSTATE of an error that the server reported. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = errnoOf(error);
  // ENOENT and EPIPE have five letters, too.
  const fromServer = error instanceof Error && "severity" in error;
  return fromServer && code !== undefined && SQLSTATE.test(code) ? code : undefined;
}

const isCertificateError = (errno: string | undefined) =>
  errno !== undefined && /CERT|SELF_SIGNED|ISSUER|ALTNAME|UNABLE_TO_VERIFY|^ERR_(?:TLS|SSL)/.test(errno);

/** What the server wrote names values (`detail`) and users, so only its code is kept. The network's own words hold neither. */
function causeOf(error: Error): Error {
  const code = errnoOf(error);
  const state = sqlStateOf(error);
  // Of several addresses that were tried, Node names none in the message.
  const message =
    state === undefined
      ? error.message || `The network reported ${code}.`
      : `Postgres reported SQLSTATE ${state}.`;
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
