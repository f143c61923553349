import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connectLedger } from "../../src/ledger/store/connect.ts";
import type { SqlSession } from "../../src/database/sql.ts";
import { checkSentinels, defineSentinel, type SentinelOptions } from "../../src/sentinel/index.ts";

import { newLedger, type LedgerKind } from "../helpers/ledger.ts";

export const HOUR = 3_600_000;
export const DAY = 86_400_000;
/** 2026-11-20T12:00:00Z. */
export const NOW = 1_795_176_000_000;

export interface Seed {
  readonly name: string;
  readonly key?: string;
  readonly at: number;
  readonly state?: "succeeded" | "failed" | "in_doubt" | "started";
  readonly code?: string;
  readonly ms?: number;
  readonly attempts?: number;
  /** The text it came to; without it the value was not kept. */
  readonly value?: string;
  readonly costUsd?: number;
  readonly settledBy?: "attempt" | "probe";
  readonly stderr?: string;
  /** What its contract found. */
  readonly evidence?: readonly object[];
  /** In place of the details that the others make: any text. */
  readonly details?: string;
}

let calls = 0;

/** A row as the ledger writes it, for a day that is over. */
async function insert(session: SqlSession, one: Seed): Promise<void> {
  const { name, at, state = "succeeded", ms = 1000, attempts = 1, code = null } = one;
  const callId = `call-${++calls}`;
  const key = one.key ?? `${name}/${calls}`;
  const end = state === "started" ? null : at + ms;
  const json = one.value === undefined ? null : JSON.stringify(one.value);
  const sha256 = json === null ? null : createHash("sha256").update(json).digest("hex");
  const effect = state === "succeeded" ? "completed" : "unknown";
  await session.run(
    `INSERT INTO operations (name, key, call_id, fingerprint, effects, state, fence, claimed_fence, attempt_fence,
       doubt_fence, attempts, probing, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, lease_until, lease_ms,
       created_at, started_at, settled_at, changed_at, effect, code, settled_by, value_kept, value_json, value_bytes,
       value_sha256, details)
     VALUES (?, ?, ?, 'v1', 'once', ?, 1, 1, 1, 0, ?, 0, 'host', '', '', 1, '', 'owner', 0, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      name,
      key,
      callId,
      state,
      attempts,
      at,
      at,
      end,
      end ?? at,
      effect,
      code,
      end === null ? null : (one.settledBy ?? "attempt"),
      json === null ? "none" : "value",
      json,
      json === null ? null : json.length,
      sha256,
      one.details ?? JSON.stringify({ costUsd: one.costUsd, text: one.value, evidence: one.evidence }),
    ],
  );
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const isLast = attempt === attempts;
    await session.run(
      `INSERT INTO attempts (name, key, fence, call_id, fingerprint, owner_host, owner_boot_id, owner_pid_space, owner_pid,
         owner_pid_start, owner_id, started_at, ended_at, late, effect, code, stderr_tail, duration_ms)
       VALUES (?, ?, ?, ?, 'v1', 'host', '', '', 1, '', 'owner', ?, ?, 0, ?, ?, ?, ?)`,
      [
        name,
        key,
        attempt,
        callId,
        at,
        end,
        isLast ? effect : "rejected",
        isLast ? code : "overloaded",
        one.stderr ?? null,
        end === null ? null : ms / attempts,
      ],
    );
  }
}

/** A folder with a ledger in it. */
export class Ledger implements AsyncDisposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), "hardcall-report-"));
  /** A path or a URL. */
  readonly path: string;

  constructor(ledger?: string) {
    this.path = ledger ?? path.join(this.folder, "ledger.db");
  }

  static async with(kind: LedgerKind): Promise<Ledger> {
    return new Ledger(await newLedger(kind));
  }

  async add(seeds: Iterable<Seed>): Promise<void> {
    const db = await connectLedger({ ledger: this.path });
    await db.write({ durable: false, withinMs: 60_000 }, async (session) => {
      for (const one of seeds) await insert(session, one);
    });
    await db.close();
  }

  /** Checks at those times, and what the count finds at each. */
  async watch(
    options: Omit<SentinelOptions, "count">,
    times: readonly number[],
    at: readonly number[],
  ): Promise<void> {
    let now = 0;
    const artifacts = () => at.filter((time) => time <= now).map((time) => ({ id: `at ${time}`, at: time }));
    const sentinel = defineSentinel({ ...options, count: artifacts });
    for (now of times) {
      const clock = { now: () => now, uptime: () => now, machine: "" };
      await checkSentinels([sentinel], { ledger: this.path, clock, source: options.name, print: () => {} });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Two weeks of a small blog: a job that is green for eleven days and publishes nothing, and some that are well. */
export async function fillBlog(ledger: Ledger): Promise<void> {
  const seeds: Seed[] = [];
  const drafts: number[] = [];
  const posts: number[] = [];
  for (let half = 0; half < 27; half++) {
    const at = NOW - 13.4 * DAY + half * 12 * HOUR;
    // A job of another kind, which wraps the whole pipeline and believes its exit code.
    if (half >= 4 && half < 26) seeds.push({ name: "nightly-post", at, ms: 40_000 });
    const isBad = half === 9 || half === 17;
    const draft = {
      name: "write-draft",
      at: at + HOUR,
      ms: 90_000 + 7000 * (half % 5),
      costUsd: 0.04 + 0.01 * (half % 4),
    };
    if (isBad) seeds.push({ ...draft, state: "failed", code: "empty_output", attempts: 3 });
    else {
      seeds.push({ ...draft, value: `draft ${half}`, attempts: half % 6 === 2 ? 2 : 1 });
      drafts.push(at + HOUR);
    }
    const state = half === 20 || half === 25 ? "in_doubt" : "succeeded";
    const key = `blog/2026-11-${String(7 + Math.floor(half / 2)).padStart(2, "0")}/${half % 2 === 0 ? "morning" : "evening"}`;
    const settledBy = half === 12 ? "probe" : "attempt";
    const code = state === "in_doubt" ? "timeout" : undefined;
    seeds.push({
      name: "instagram-post",
      key,
      at: at + 2 * HOUR,
      ms: 4000,
      state,
      settledBy,
      ...(code && { code }),
    });
    if (state === "succeeded") posts.push(at + 2 * HOUR);
  }
  for (let run = 0; run < 12 * 13; run++) {
    const state = run === 100 ? "failed" : "succeeded";
    const at = NOW - 13 * DAY + run * 2 * HOUR;
    seeds.push({
      name: "export-tables",
      at,
      ms: 300_000 + 9000 * (run % 13),
      state,
      value: `rows ${run}`,
      ...(run === 100 && { code: "timeout", ms: 3_600_000 }),
    });
  }
  await ledger.add(seeds);
  const start = NOW - 11.4 * DAY;
  const everyHalfDay = Array.from({ length: 23 }, (_, half) => start + half * 12 * HOUR);
  await ledger.watch(
    { name: "published-posts", window: "24h", grace: "6h", call: "nightly-post" },
    everyHalfDay,
    [],
  );
  const daily = Array.from({ length: 14 }, (_, day) => NOW - (13 - day) * DAY);
  await ledger.watch({ name: "instagram-feed", window: "48h", call: "instagram-post" }, daily, posts);
  const backups = Array.from({ length: 12 }, (_, day) => NOW - (12.5 - day) * DAY);
  await ledger.watch({ name: "database-backups", window: "26h" }, daily, backups);
}
