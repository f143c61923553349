import { number, type Row } from "../../database/columns.ts";
import { unavailable } from "../../database/errors.ts";
import { notDurable, type PostgresDatabase } from "../../database/postgres/database.ts";
import { Passing, whilePassing } from "../../database/postgres/passing.ts";
import type { Session } from "../../database/postgres/pool.ts";
import type { TransactOptions, SqlWording } from "../../database/sql.ts";
import type { Instant } from "../owner/instant.ts";
import { type Facts, readFacts } from "./answer.ts";
import { DatabaseClock } from "./clock.ts";
import type { Decided, Decision, Matter, Now, WriteAs } from "./matter.ts";
import { DATABASE_FACTS } from "./statements.ts";
import { newToken, versionAfter, wasWritten } from "./version.ts";

/** How often a write may be refused before others get time to finish theirs. */
const REFUSALS_IN_A_ROW = 20;

/** So little time is one try's. */
const SHORT_MS = 500;

/**
 * Lets pure decisions change a ledger that many hosts write to at the same time.
 *
 * - A decision is made here, on what was read or is believed, and written by ONE statement that commits itself. No transaction is open while
 *   this process thinks, so a process that is suspended in between holds no lock.
 * - The write names the **version** that was read, and changes nothing if there is another one by now. Each write leaves a random token in the
 *   version. When the connection goes before the answer has come, the next try finds out by that token whether the write was committed.
 *   A write that arrives late, after the next try has written, names an old version.
 * - The write names the **time** of its decision, an estimate of the database's clock, and is refused if that is more than 250 ms off,
 *   or late by more than a few seconds where that goes on (`guardOf`). So a decision of a process that was suspended, or that waited long for a connection, counts for nothing, and no instant in
 *   the ledger depends on a worker's clock.
 * - The answer to a refused insertion brings what is there now, so a replay needs no read.
 */
export class Arbiter {
  readonly #db: PostgresDatabase;
  /** Of a test, which then decides alone. */
  readonly #ownClock: (() => Instant) | undefined;
  readonly #clock = new DatabaseClock();
  readonly #table: SqlWording["table"];
  #fenceFloor = 0;
  /** Writes whose answer never came, by what they were to write. */
  readonly #unanswered = new WeakMap<object, Sent<unknown>[]>();

  constructor(db: PostgresDatabase, table: SqlWording["table"], ownClock: (() => Instant) | undefined) {
    this.#db = db;
    this.#table = table;
    this.#ownClock = ownClock;
  }

  /** @throws LedgerError `ledger_unavailable` */
  async settle<State, Answer>(
    matter: Matter<State, Answer>,
    { withinMs, intent }: Pick<TransactOptions, "withinMs" | "intent">,
  ): Promise<Decided<State, Answer>> {
    const earlier = intent && (this.#unanswered.get(intent) as Sent<Answer>[] | undefined);
    const sent: Sent<Answer>[] = earlier ?? [];
    const known = sent.length === 0 ? this.#decideUnasked(matter) : undefined;
    if (known !== undefined) return known;
    try {
      return await whilePassing(withinMs, (leftMs) =>
        this.#db.session({ withinMs: ofOneTry(leftMs) }, (session) => this.#try(session, matter, sent)),
      );
    } catch (error) {
      if (intent !== undefined && sent.length > 0) this.#unanswered.set(intent, sent);
      throw error;
    }
  }

  /** Asks the database what time it is. */
  async now(withinMs: number): Promise<Instant> {
    const text = `SELECT ${DATABASE_FACTS}`;
    this.#learn(
      await whilePassing(withinMs, (leftMs) => this.#db.query(text, [], { withinMs: ofOneTry(leftMs) })),
    );
    return (this.#now() as Now).now;
  }

  /**
   * Before operations with fences up to this one are forgotten, in a commit of its own: an insertion of one of their keys then has a
   * higher fence, or names a floor that is not the floor any more and is refused. What is left is an insertion whose snapshot is older than
   * this commit and which meets the deleted row's place only after the deletion. It would have to stand still between its first and its
   * second step for as long as both commits take.
   */
  async raiseFenceFloor(fence: number, withinMs: number): Promise<void> {
    const text = `UPDATE ${this.#table("ledger")} SET fence_floor = $1 WHERE fence_floor < $1`;
    await whilePassing(withinMs, (leftMs) => this.#db.query(text, [fence], { withinMs: ofOneTry(leftMs) }));
  }

  /** What a fresh guess answers by itself, as nothing is to be written. */
  #decideUnasked<State, Answer>(matter: Matter<State, Answer>): Decided<State, Answer> | undefined {
    const now = this.#now();
    if (matter.isFresh !== true || matter.guess === undefined || now === undefined) return undefined;
    const { answer, write } = matter.decide(matter.guess.state, now);
    return write === undefined ? { ...matter.guess, answer, isOwn: false, readAt: undefined } : undefined;
  }

  async #try<State, Answer>(
    session: Session,
    matter: Matter<State, Answer>,
    sent: Sent<Answer>[],
  ): Promise<Decided<State, Answer>> {
    let seen = sent.length === 0 && this.#now() !== undefined ? matter.guess : undefined;
    let isGuess = seen !== undefined && matter.isFresh !== true;
    let readAt: number | undefined;
    for (let refusals = 0; refusals < REFUSALS_IN_A_ROW;) {
      if (seen === undefined) {
        const read = await session.query(matter.read.text, matter.read.values);
        const { row, facts } = this.#learn(read);
        readAt = read.sentAt;
        if (refusals > 0) this.#requireDurable(facts, matter);
        seen = matter.parse(row);
        isGuess = false;
      }
      const { version: before = "" } = seen;
      // Also of a write that was still on its way when this try began.
      const own = sent.find(({ token }) => wasWritten(before, token));
      if (own !== undefined) return { ...seen, answer: own.answer, isOwn: false, readAt };
      const now = this.#now() as Now;
      const decision = decideOn(seen.state, now, isGuess, matter);
      if (decision?.write === undefined) {
        if (decision !== undefined && !isGuess) {
          return { ...seen, answer: decision.answer, isOwn: false, readAt };
        }
        seen = undefined;
        continue;
      }
      const token = newToken();
      const version = versionAfter(seen.version, token);
      const write = decision.write({ was: seen.version, version, ...this.#terms(now, refusals, matter) });
      sent.push({ token, answer: decision.answer });
      const result = await session.query(write.text, write.values);
      // A refused update says nothing, and what is there is looked up.
      const told = result.rows.length === 0 ? undefined : this.#learn(result);
      if (told !== undefined && number(told.row, "written") === 1) {
        return {
          answer: decision.answer,
          state: decision.state,
          version,
          isOwn: true,
          readAt: result.sentAt,
        };
      }
      sent.pop();
      refusals += 1;
      readAt = result.sentAt;
      if (told !== undefined) this.#requireDurable(told.facts, matter);
      const is = told && matter.parse(told.row);
      // A write that was committed while this one waited for its lock is not in what this one has read.
      const isNews =
        is !== undefined &&
        (is.version !== seen.version || matter.hasLearnt?.(seen.state, is.state) === true);
      seen = isNews ? is : undefined;
      isGuess = false;
    }
    throw contended(this.#db.location);
  }

  #requireDurable({ durability }: Facts, { mayBeLost }: Lasting): void {
    if (durability !== "off" || mayBeLost === true || this.#db.allowAsynchronousCommit) return;
    throw notDurable(this.#db.location);
  }

  #terms(
    { now, fenceFloor }: Now,
    refusals: number,
    { mayBeLost }: Lasting,
  ): Pick<WriteAs, "fenceFloor" | "guard"> {
    const allowAsynchronousCommit = mayBeLost === true || this.#db.allowAsynchronousCommit;
    const decidedAt = this.#ownClock === undefined ? now.at : undefined;
    return { fenceFloor, guard: { decidedAt, refusals, allowAsynchronousCommit } };
  }

  #learn({ rows, sentAt }: { readonly rows: readonly Row[]; readonly sentAt: number }): {
    readonly row: Row;
    readonly facts: Facts;
  } {
    const row = rows[0] ?? {};
    const facts = readFacts(row);
    this.#clock.observe(facts.receivedAt, sentAt);
    this.#fenceFloor = facts.fenceFloor ?? this.#fenceFloor;
    return { row, facts };
  }

  /** `undefined` before the first answer. */
  #now(): Now | undefined {
    const fenceFloor = this.#fenceFloor;
    const database = this.#clock.now();
    return database && { now: this.#ownClock?.() ?? database, fenceFloor };
  }
}

type Lasting = Pick<Matter<unknown, unknown>, "mayBeLost">;

/** A write that was sent. */
interface Sent<Answer> {
  readonly token: string;
  readonly answer: Answer;
}

/** A body may find a guess impossible: `undefined`, and it is looked up. */
function decideOn<State, Answer>(
  state: State,
  now: Now,
  isGuess: boolean,
  matter: Matter<State, Answer>,
): Decision<State, Answer> | undefined {
  try {
    return matter.decide(state, now);
  } catch (error) {
    if (!isGuess) throw error;
    return undefined;
  }
}

/** A connection that hangs half-open may take a part of the time, so that some is left to try with another one. */
function ofOneTry(leftMs: number): number {
  return leftMs < SHORT_MS ? leftMs : leftMs / 2;
}

function contended(location: string): Passing {
  const message = `The ledger ${location} refused a write ${REFUSALS_IN_A_ROW} times: others keep changing the same row, or statements take seconds to arrive. Retry, or give the call more time.`;
  return new Passing(unavailable("locked", message), false);
}
