/**
 * Workers are lost while they work, each on a host of its own, and the last finishes what they began: see takeover.test.ts. Prints what
 * became of each job, and when a child was gone, its lease over, and the next attempt began, as JSON.
 */
import { setTimeout as wait } from "node:timers/promises";
import { commandLineOf, isAlive } from "../../helpers/processes.ts";
import { readHistories } from "../histories.ts";
import type { Host, Network } from "../hosts/network.ts";
import { KINDS, type Kind, type Limits } from "../plan/jobs.ts";
import { countOpen, enqueue, readQueue } from "../queue.ts";
import { timeOf, type Sent } from "../sent.ts";
import { setUp, type LabOptions } from "../stage.ts";
import { processesOf, Worker } from "../worker.ts";
import { tell } from "./tell.ts";

/** An attempt may last until its lease is lost. */
const LONG: Limits = { totalMs: 100_000, attemptMs: 90_000, queueExpiryMs: 130_000 };

export interface Finished {
  readonly effects: number;
  /** What became of the job, and the outcome of its call or the code of its error. */
  readonly end: string;
}

/** Milliseconds after the worker was lost. */
export interface TakenOver extends Finished {
  readonly childGoneMs: number;
  readonly leaseOverMs: number;
  /** When another worker began an attempt. */
  readonly nextBeganMs?: number;
}

export interface Takeover {
  /** Killed before it had sent its request, and after. */
  readonly before: Finished;
  readonly held: Finished;
  /** Only where there are hosts: on one, others see that a suspended worker lives, and none can be cut off. */
  readonly cut?: TakenOver;
  readonly asleep?: TakenOver;
}

interface Lost {
  readonly at: number;
  readonly childGoneAt: number;
  readonly leaseUntil: number;
}

const stage = await setUp(JSON.parse(process.argv[2] ?? "{}") as LabOptions, { seed: "", workers: 4 });
const { network, postgres, service } = stage;
const { url } = service;
const [first, second, third, fourth] = network.workers as readonly [Host, Host, Host, Host];

await send("verifiable-task", "before", first);
await send("verifiable-task", "held");
const killed = begin(first, ["verifiable-task"]);
await until(async () => (await stateOf("before")) === "started" && (await service.log()).length === 1);
killed.kill();
await killed.exited();

const lost = network.cut === undefined ? undefined : await loseTwo(network.cut.bind(network));
begin(fourth, KINDS);
const [cut, asleep] = lost === undefined ? [] : await Promise.all([lost.cut, lost.asleep]);
await until(async () => (await countOpen(postgres.url)) === 0);
const [rows, log] = [await readQueue(postgres.url), await service.log()];
const told: Takeover = {
  before: finished("before"),
  held: finished("held"),
  ...(cut && { cut: takenOver("cut", cut) }),
  ...(asleep && { asleep: takenOver("asleep", asleep) }),
};
tell(told);

function begin(host: Host, kinds: readonly Kind[]): Worker {
  const options = { database: postgres.url, clockMs: 0, kinds, limits: LONG };
  return new Worker(host, {
    kind: "hardcall",
    worker: network.workers.indexOf(host),
    id: `${host.name}.1`,
    options,
  });
}

async function send(kind: Kind, key: string, slowOn?: Host): Promise<void> {
  const data = { key, url, ...(slowOn && { slowOn: slowOn.name }) };
  await enqueue(postgres.url, { retryLimit: 20, limits: LONG }, [{ kind, data }]);
}

/** One is cut off from Postgres, and one suspended, while their children work: only the lease tells others of it. */
async function loseTwo(cutOff: NonNullable<Network["cut"]>) {
  await send("verifiable-command", "cut", second);
  await send("once-command", "asleep", third);
  const workers = [begin(second, ["verifiable-command"]), begin(third, ["once-command"])] as const;
  const [cutChild, asleepChild] = await Promise.all(workers.map(childOf));
  cutOff(second, network.database, "both");
  workers[1].suspend(false);
  const at = Date.now();
  return { cut: goneOf("cut", cutChild, at), asleep: goneOf("asleep", asleepChild, at) };
}

/** A worker has to start and connect first, which takes a busy machine its time. */
async function childOf({ life }: Worker): Promise<number | undefined> {
  const isChild = (pid: number) => commandLineOf(pid).includes("publish.mjs");
  let children: readonly number[] = [];
  await until(async () => {
    children = processesOf(life).filter(isChild);
    return children.length > 0;
  });
  return children[0];
}

async function goneOf(key: string, child = 0, at: number): Promise<Lost> {
  // A process that is not our own child tells us nothing of its end.
  while (isAlive(child)) await wait(10);
  const childGoneAt = Date.now();
  const { leaseUntil = 0 } = (await readHistories(postgres.url, [key])).get(key)?.record ?? {};
  return { at, childGoneAt, leaseUntil };
}

function finished(key: string): Finished {
  const effects = log.filter((one) => one.key === key && one.publishedAt !== undefined).length;
  const row = rows.find((one) => one.key === key && KINDS.some((kind) => kind === one.name));
  const { outcome, code = outcome } = (row?.output ?? {}) as {
    readonly outcome?: string;
    readonly code?: string;
  };
  return { effects, end: `${row?.state} ${code}` };
}

function takenOver(key: string, { at, childGoneAt, leaseUntil }: Lost): TakenOver {
  const begun = log
    .filter((one) => one.key === key)
    .map(({ body }) => timeOf((JSON.parse(body) as Sent).begunTicks));
  const next = begun.find((one) => one > at);
  return {
    ...finished(key),
    childGoneMs: childGoneAt - at,
    leaseOverMs: leaseUntil - at,
    ...(next !== undefined && { nextBeganMs: Math.round(next - at) }),
  };
}

async function stateOf(key: string): Promise<string | undefined> {
  return (await readHistories(postgres.url, [key])).get(key)?.record.state;
}

/** What other processes have come to in their database can only be looked for. */
async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await wait(200);
}
