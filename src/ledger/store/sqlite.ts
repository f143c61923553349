import { onceTarget, type ContentRef, type ContentStep, type ContentView } from "../contents/contents.ts";
import * as contents from "../contents/sql.ts";
import { SqliteJournal } from "../journal/sqlite.ts";
import type { Backend, OpenAttempt, Target, View } from "./backend.ts";
import { insert, positional, type Columns, type TransactOptions } from "../../database/sql.ts";
import { createStore } from "./create-store.ts";
import { clockOf } from "../owner/boot-clock.ts";
import type { LogEntry, Step } from "../operation/events.ts";
import type { Instant } from "../owner/instant.ts";
import { pruneSqlite } from "./prune.ts";
import { SqliteResources } from "../resources/sqlite.ts";
import { retention } from "../operation/retention.ts";
import * as rows from "./rows.ts";
import * as sql from "./sql.ts";
import { type SqliteConnectOptions, connectSqlite } from "../../database/sqlite/connect.ts";
import type { SqliteConnection } from "../../database/sqlite/connection.ts";
import { type LedgerAttempt, changedAt, type Operation } from "../operation/state.ts";
import type { LedgerStore, Listing, OperationHistory, OperationRef, Pruned, StoreOptions } from "./store.ts";

export type SqliteOptions = StoreOptions & Omit<SqliteConnectOptions, "mustExist">;

/**
 * Opens the embedded ledger, creating it if it is missing.
 *
 * @throws LedgerError `ledger_unavailable` for a file that is damaged, foreign, of a newer schema, read-only, on
 *   a full disk or a network file system, or locked for longer than `withinMs`.
 * @example const ledger = await openSqliteStore({ path: "/var/lib/jobs/ledger.db" });
 */
export async function openSqliteStore(options: SqliteOptions = {}): Promise<LedgerStore> {
  const connection = await connectSqlite(options);
  return createStore(new SqliteBackend(connection, clockOf(options)), options);
}

class SqliteBackend implements Backend {
  readonly location: string;
  readonly resources: SqliteResources;
  readonly journal: SqliteJournal;
  readonly #db: SqliteConnection;
  readonly #clock: () => Instant;

  constructor(db: SqliteConnection, clock: () => Instant) {
    this.#db = db;
    this.#clock = clock;
    this.resources = new SqliteResources(db, clock, (target) => this.#read(target));
    this.journal = new SqliteJournal(db);
    this.location = db.path;
  }

  async transact<A>(target: Target, options: TransactOptions, body: (view: View) => Step<A>): Promise<A> {
    return await this.#db.write(options, () => {
      const { row, ...view } = this.#view(target);
      const step = body({ row, ...view });
      if (step.row !== undefined && step.row !== row) this.#save(step.row, row);
      for (const entry of step.log) this.#append(target, entry);
      return step.answer;
    });
  }

  async transactContent<A>(
    content: ContentRef,
    options: TransactOptions,
    body: (view: ContentView & Omit<View, "row">) => ContentStep<A>,
  ): Promise<A> {
    return await this.#db.write(options, () => {
      const view = this.#readContent(content);
      const step = body({ ...view, now: this.#clock(), fenceFloor: this.#fenceFloor() });
      for (const change of contents.changes(content, view, step))
        for (const { text, values } of contents.replace(change, positional)) this.#db.run(text, values);
      if (step.forgetsOnce && view.once !== undefined) this.#delete(view.once);
      return step.answer;
    });
  }

  async look(target: Target, withinMs: number): Promise<View> {
    return await this.#db.whenFree(withinMs, () => this.#view(target));
  }

  async now(): Promise<Instant> {
    return this.#clock();
  }

  async attempt({ name, key }: Target, fence: number): Promise<LedgerAttempt | undefined> {
    return await this.#db.read(() => {
      const row = this.#db.get(sql.selectAttempt(positional), [name, key, fence]);
      return row === undefined ? undefined : rows.readAttempt(row);
    });
  }

  async list({ state, name, olderThanMs, after, limit = 100 }: Listing): Promise<readonly Operation[]> {
    const before = olderThanMs === undefined ? undefined : this.#clock().at - olderThanMs;
    const last = after && { name: after.name, key: after.key, changedAt: changedAt(after) };
    const { text, values } = sql.selectOperations({ state, name, before, last }, limit, positional);
    return await this.#db.read(() => this.#db.all(text, values).map(rows.readOperation));
  }

  async show({ callIdOrKey, name }: OperationRef): Promise<readonly OperationHistory[]> {
    return await this.#db.read(() =>
      this.#db
        .all(sql.selectByReference(positional), [callIdOrKey, callIdOrKey, callIdOrKey])
        .map(rows.readOperation)
        .filter((record) => name === undefined || record.name === name)
        .map((record) => this.#history(record)),
    );
  }

  async openAttempts(host: string, bootId: string): Promise<readonly OpenAttempt[]> {
    return await this.#db.read(() =>
      this.#db.all(sql.selectUnfinished(positional), [bootId, host]).map((row) => ({
        name: String(row["name"]),
        key: String(row["key"]),
        attempt: rows.readAttempt(row),
      })),
    );
  }

  async prune(retentionMs: number, tombstoneMs: number, withinMs: number): Promise<Omit<Pruned, "journal">> {
    const { at } = this.#clock();
    const expired = { retained: at - retentionMs, remembered: at - tombstoneMs };
    return await pruneSqlite(this.#db, withinMs, expired, (target) => {
      const row = this.#read(target);
      const fate = row === undefined ? "keep" : retention(row, at, retentionMs, tombstoneMs);
      if (row === undefined || fate === "keep") return fate;
      if (fate === "delete") this.#delete(row);
      else this.#entomb(row, at);
      return fate;
    });
  }

  async close(): Promise<void> {
    await this.#db.close();
  }

  #history(record: Operation): OperationHistory {
    const target = [record.name, record.key];
    return {
      record,
      attempts: this.#db.all(sql.selectAttempts(positional), target).map(rows.readAttempt),
      resolutions: this.#db.all(sql.selectResolutions(positional), target).map(rows.readResolution),
    };
  }

  #view(target: Target): View {
    const row = this.#read(target);
    return { row, now: this.#clock(), fenceFloor: row === undefined ? this.#fenceFloor() : 0 };
  }

  #read({ name, key }: Target): Operation | undefined {
    const row = this.#db.get(sql.selectOperation(positional), [name, key]);
    return row === undefined ? undefined : rows.readOperation(row);
  }

  #readContent({ scope, sha256 }: ContentRef): ContentView {
    const which = [scope, sha256];
    const seen = contents.readSeen(this.#db.get(contents.selectContent(positional), which));
    const reserved = contents.readReservation(this.#db.get(contents.selectReservation(positional), which));
    const last = contents.readStreak(this.#db.get(contents.selectStreak(positional), [scope]));
    const madeIn = reserved?.runner?.callId;
    const holder =
      madeIn === undefined
        ? undefined
        : this.#db.get(sql.selectOperationOfCall(positional), [madeIn, madeIn]);
    const once = this.#read(onceTarget({ scope, sha256 }));
    return { seen, reserved, last, once, holder: holder && rows.readOperation(holder) };
  }

  #fenceFloor(): number {
    return Number(this.#db.get(sql.selectFenceFloor(positional), [])?.["fence_floor"]);
  }

  #save(row: Operation, was: Operation | undefined): void {
    const columns = rows.operationColumns(row);
    const { text, values } =
      was === undefined
        ? insert("operations", columns, positional)
        : sql.updateOperation(columns, rows.operationColumns(was), positional);
    const changes = this.#db.run(text, values);
    if (changes !== 1) throw new Error(`A ledger write changed ${changes} rows instead of one.`);
  }

  #append({ name, key }: Target, entry: LogEntry): void {
    switch (entry.kind) {
      case "attempt_started":
        return this.#insert("attempts", rows.attemptColumns({ name, key }, entry.attempt));
      case "attempt_ended":
        this.#db.run(sql.endAttempt(positional), [
          ...sql.endValues(entry.end, entry.at),
          name,
          key,
          entry.fence,
        ]);
        return;
      case "attempt_noted":
        this.#db.run(sql.noteAttempt(positional), [...sql.noteValues(entry.note), name, key, entry.fence]);
        return;
      case "late_result":
        this.#db.run(sql.insertLate(positional), [
          ...sql.endValues(entry.end, entry.at),
          name,
          key,
          entry.fence,
        ]);
        return;
      case "resolution":
        return this.#insert("resolutions", rows.resolutionColumns({ name, key }, entry.resolution));
      default:
        return entry satisfies never;
    }
  }

  #insert(table: string, columns: Columns): void {
    const { text, values } = insert(table, columns, positional);
    this.#db.run(text, values);
  }

  #entomb(row: Operation, at: number): void {
    this.#db.run(sql.deleteAttempts(positional), [row.name, row.key]);
    this.#save({ ...row, value: { kept: "pruned" }, details: undefined, prunedAt: at }, row);
  }

  /** What a person said of it stays. */
  #delete({ name, key, fence }: Operation): void {
    this.#db.run(sql.deleteAttempts(positional), [name, key]);
    this.#db.run(sql.deleteProbes(positional), [name, key]);
    this.#db.run(sql.deleteOperation(positional), [name, key]);
    this.#db.run(sql.raiseFenceFloor(positional), [fence, fence]);
  }
}
