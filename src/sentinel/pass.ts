import { connectLedger } from "../ledger/store/connect.ts";
import type { SqlSession } from "../database/sql.ts";
import { checkOne } from "./check.ts";
import type { Clock } from "./clock.ts";
import { SentinelConfigError, type Sentinel } from "./definition.ts";
import { Deliveries, dropUnnamed } from "./outbox.ts";
import { inParallel } from "./in-parallel.ts";
import { nameConflicts } from "./source.ts";
import { register, retireOthers } from "./registration.ts";
import { DURABLE } from "./store.ts";
import { timeFor } from "./time.ts";
import type { Judgement } from "./verdict.ts";

export interface CheckSentinelsOptions {
  /** A path or a `postgres://` URL. @default `HARDCALL_LEDGER`, else `$XDG_STATE_HOME/hardcall/ledger.db` */
  readonly ledger?: string | undefined;
  /**
   * A name for this set of sentinels. A sentinel that is missing from the set at the next check is retired. Two programs with one ledger
   * need two names; otherwise `sentinelStatus` does not show when one of them stops.
   *
   * @default "code"
   */
  readonly source?: string | undefined;
  /** @default the machine's; with the ledger in Postgres, the server's */
  readonly clock?: Clock | undefined;
  /** Prints the alerts for stdout. If it throws, a later check retries the alert. @default process.stdout */
  readonly print?: ((line: string) => unknown) | undefined;
}

export interface SentinelCheck extends Judgement {
  readonly name: string;
  readonly min: number;
  readonly window: number;
  /** An alert was sent, and no `recovered` yet. */
  readonly alarm: boolean;
}

export interface Pass {
  readonly at: number;
  readonly sentinels: readonly SentinelCheck[];
  readonly delivered: number;
  /** Alerts that another check is delivering, or that wait for a retry. */
  readonly waiting: number;
  /** One sentence for each alert that could not be delivered now. A later check retries it. */
  readonly undelivered: readonly string[];
  /** Whether every sentinel has a verdict and every alert was delivered. Only then is the heartbeat written. */
  readonly complete: boolean;
}

/**
 * Checks every sentinel once, records the verdicts and delivers the alerts.
 *
 * @throws LedgerError `ledger_unavailable` when the ledger cannot be written; SentinelConfigError `invalid_config` when another
 * set in this ledger has a sentinel of the same name
 */
export async function checkSentinels(
  sentinels: readonly Sentinel[],
  options: CheckSentinelsOptions = {},
): Promise<Pass> {
  const { source = "code", print = printLine } = options;
  const db = await connectLedger({ ledger: options.ledger });
  try {
    const time = timeFor(db, options.clock);
    const at = await db.write(DURABLE, async (session) => {
      const now = await time.now(session);
      const names = sentinels.map(({ name }) => name);
      const problems = await nameConflicts(session, names, source, now);
      if (problems.length > 0) throw new SentinelConfigError(`Invalid configuration ${source}`, problems);
      for (const sentinel of sentinels) {
        await register(session, sentinel, source, now);
        await dropUnnamed(session, sentinel.name, sentinel.channels);
      }
      await retireOthers(session, names, source, now);
      return now;
    });
    const jump = await time.jump();
    const deliveries = new Deliveries(db, time, print);
    const checks = await inParallel(sentinels, async (sentinel) => {
      const { judgement, record } = await checkOne(db, sentinel, time, jump);
      const { name, min, window, channels } = sentinel;
      deliveries.start(name, channels);
      return { name, min, window, alarm: record.alarm, ...judgement };
    });
    const { delivered, waiting, failures } = await deliveries.over();
    const complete = failures.length === 0 && waiting === 0;
    if (complete) {
      const notOk = checks.filter(({ verdict }) => verdict !== "ok").length;
      await db.write(DURABLE, async (session) =>
        heartbeat(session, source, sentinels, { now: await time.now(session), notOk }),
      );
    }
    return { at, sentinels: checks, delivered, waiting, undelivered: failures, complete };
  } finally {
    await db.close();
  }
}

/** Records that this check was complete. The next one is due within twice the shortest interval, so cron may miss one start. */
async function heartbeat(
  session: SqlSession,
  source: string,
  sentinels: readonly Sentinel[],
  { now, notOk }: { readonly now: number; readonly notOk: number },
): Promise<void> {
  const due = Math.min(...sentinels.map(({ every }) => 2 * every), Number.MAX_SAFE_INTEGER);
  await session.run(
    `INSERT INTO sentinel_passes (source, at, due_ms, checked, not_ok) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (source) DO UPDATE SET
       at = excluded.at, due_ms = excluded.due_ms, checked = excluded.checked, not_ok = excluded.not_ok`,
    [source, now, due, sentinels.length, notOk],
  );
}

function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
