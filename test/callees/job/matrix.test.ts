import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  fakeBigQuery,
  type FakeBigQuery,
  type FakeBigQueryReport,
} from "../../../src/testing/fake-bigquery.ts";
import type { HostLine, HostPlan } from "./host.ts";
import { expectedEnds, EXPECTED, UNCONFIRMED, type Way } from "./expected.ts";
import { startHost } from "./run-host.ts";

/** Long enough that the first host is killed while its jobs run. */
const CRASH_RUN_MS = 3000;
const GRACE_MS = 2000;
const MARGIN_MS = 1000;
/** A process that was kept waiting so long by a busy machine proves nothing when it is late: its call is made again. */
const STARVED_MS = 200;
const ROUNDS = 3;

interface Setting {
  readonly effects: HostPlan["effects"];
  readonly attempts: number;
  readonly timeout: HostPlan["timeout"];
}

/** With a key each; "crash" kills the first host by SIGKILL while its jobs run, and a second one makes the same calls. */
const SETTINGS: Readonly<Record<Way, Setting>> = {
  "no retry": { effects: "once", attempts: 1, timeout: { total: 3000, attempt: 3000 } },
  retry: { effects: "keyed", attempts: 2, timeout: { total: 8000, attempt: 3000 } },
  crash: { effects: "keyed", attempts: 1, timeout: { total: 5000, attempt: 5000 } },
};
const WAYS = Object.keys(SETTINGS) as Way[];

const MODES = Object.keys(EXPECTED);

interface Cell {
  readonly line: Exclude<HostLine, { unhandled: string }>;
  readonly report: FakeBigQueryReport;
}

let fake: FakeBigQuery;
let folder: string;
const cells = new Map<string, Cell>();
const complaints: string[] = [];

beforeAll(async () => {
  fake = await fakeBigQuery();
  folder = await mkdtemp(path.join(tmpdir(), "hardcall-jobs-"));
  await Promise.all(WAYS.map(runAll));
  console.log(table());
}, 240_000);

afterAll(async () => {
  await fake[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function runAll(way: Way): Promise<void> {
  let modes = MODES;
  for (let round = 1; round <= ROUNDS && modes.length > 0; round++) {
    await runRound(way, modes, `${way.replace(" ", "-")}-${round}`);
    modes = modes.filter((mode) => {
      const line = cells.get(idOf(way, mode))?.line;
      return line !== undefined && line.starvedMs > STARVED_MS && !isAsExpected(way, mode, line);
    });
  }
}

function isAsExpected(way: Way, mode: string, line: Cell["line"]): boolean {
  return expectedEnds(way, mode).includes(line.ended) && line.ms - line.starvedMs < limitMs(way);
}

const limitMs = (way: Way) => SETTINGS[way].timeout.total + GRACE_MS + MARGIN_MS;

const idOf = (way: Way, mode: string) => `${way}: ${mode}`;

async function runRound(way: Way, modes: readonly string[], prefix: string): Promise<void> {
  const projects = modes.map((mode) => `${prefix}-${mode}`);
  for (const [index, mode] of modes.entries()) {
    const setup = { mode: way === "retry" ? `${mode},ok` : mode };
    await fake.project(projects[index]!, way === "crash" ? { ...setup, runMs: CRASH_RUN_MS } : setup);
  }
  const ledger = path.join(folder, `${prefix}.db`);
  const plan = { url: fake.url, ledger, projects, cancelGrace: GRACE_MS, ...SETTINGS[way] };
  if (way === "crash") {
    const killed = startHost(plan);
    await Promise.all(projects.map((project) => fake.report(project, 1)));
    killed.child.kill("SIGKILL");
    await killed.ended;
  }
  const { lines, stderr, exitCode } = await startHost({ ...plan, spread: 50 }).ended;
  if (stderr !== "" || exitCode !== 0) complaints.push(`${way}: exit code ${exitCode}: ${stderr}`);
  for (const line of lines) {
    if ("unhandled" in line) complaints.push(`${way}: ${line.unhandled}`);
    else {
      const mode = line.project.slice(prefix.length + 1);
      cells.set(idOf(way, mode), { line, report: await fake.report(line.project) });
    }
  }
}

function cell(way: Way, mode: string): Cell {
  const found = cells.get(idOf(way, mode));
  if (found === undefined) throw new Error(`${way}, ${mode}: its call never ended`);
  return found;
}

function table(): string {
  const head = ["mode".padEnd(22), ...WAYS.map((way) => way.padEnd(54))].join("");
  const rows = MODES.map((mode) => {
    const columns = WAYS.map((way) => {
      const { line, report } = cell(way, mode);
      const jobs = `${report.ran} ran, ${report.mostOfOneKey} at once`;
      return `${line.ended}, ${(line.ms / 1000).toFixed(1)} s, ${jobs}`.padEnd(54);
    });
    return [mode.padEnd(22), ...columns].join("");
  });
  return [head, ...rows].join("\n");
}

it("lets no rejection go unhandled and no warning out, in any mode", () => {
  expect(complaints).toEqual([]);
});

describe.each(WAYS)("%s", (way) => {
  it.each(MODES)("%s ends in time, as it must", (mode) => {
    const { line } = cell(way, mode);
    expect(expectedEnds(way, mode)).toContain(line.ended);
    expect(line.rows).toBe(line.ended === "executed" ? 3 : undefined);
    expect(line.ms - line.starvedMs).toBeLessThan(limitMs(way));
  });

  it.each(MODES)("%s has one job at a time, and leaves none running without saying so", (mode) => {
    const { line, report } = cell(way, mode);
    expect(report.mostOfOneKey).toBeLessThanOrEqual(1);
    for (const id of report.running) {
      expect(line.ended).toBe(UNCONFIRMED);
      expect(line.message).toContain(id);
      expect(line.externalRef).toBe(id);
    }
  });
});
