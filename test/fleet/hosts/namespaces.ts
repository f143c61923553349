import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { appears, childrenOf, isAlive } from "../../helpers/processes.ts";
import type { Cut, Host, Network } from "./network.ts";

const BRIDGE = "br0";
/** No host has it: the bridge shows such a frame to all, and none takes it. */
const NOWHERE = "02:00:00:00:ff:ff";

/** The end of a host's address and of its MAC. */
type HostNumber = number;
const DATABASE: HostNumber = 1;
const SERVICE: HostNumber = 2;
const FIRST_WORKER: HostNumber = 11;

interface Machine extends Host {
  readonly number: HostNumber;
}

/**
 * Makes the hosts, inside the lab of `inLab`: network namespaces on one bridge. A worker's also has pids, a host name and a boot id of its
 * own, so that no other can look whether its processes live.
 */
export async function openNamespaces(folder: string, workerCount: number): Promise<Network> {
  mkdirSync("/run/netns", { recursive: true });
  // Ours alone: nothing is left of it outside of the lab.
  for (const place of ["/run/netns", folder]) mount("-t", "tmpfs", "tmpfs", place);
  chmodSync(folder, 0o755);
  ip("link set lo up", `link add ${BRIDGE} type bridge`, `address add ${addressOf(254)}/24 dev ${BRIDGE}`);
  ip(`link set ${BRIDGE} up`);
  const database = addHost("database", DATABASE);
  const service = addHost("service", SERVICE);
  const workers: Machine[] = [];
  for (let nth = 0; nth < workerCount; nth++) {
    workers.push(await addWorker(folder, `worker-${nth + 1}`, FIRST_WORKER + nth));
  }
  const hosts = [database, service, ...workers];
  for (const host of hosts)
    for (const other of hosts) if (host !== other) know(host, other, macOf(other.number));
  const machineOf = (host: Host) => hosts.find((one) => one === host) ?? database;
  return {
    kind: "namespaces",
    database,
    service,
    workers,
    cut: (worker, from, how) => cut(machineOf(worker), machineOf(from), how),
    // The lab's first process ends all there is.
    end: () => undefined,
  };
}

function cut(worker: Machine, from: Machine, how: Cut): () => void {
  if (how === "link") {
    // The bridge's end of the cable: at the worker's own end its routes would go too, and it would be told at once.
    ip(`link set ${cableOf(worker)} down`);
    return () => ip(`link set ${cableOf(worker)} up`);
  }
  const [drops, keeps] = [
    () => {
      if (how !== "answers") know(worker, from, NOWHERE);
      if (how !== "requests") know(from, worker, NOWHERE);
    },
    () => {
      if (how !== "answers") know(worker, from, macOf(from.number));
      if (how !== "requests") know(from, worker, macOf(worker.number));
    },
  ];
  drops();
  return keeps;
}

const addressOf = (number: HostNumber) => `10.77.0.${number}`;
const macOf = (number: HostNumber) => `02:00:00:00:00:${number.toString(16).padStart(2, "0")}`;
const cableOf = ({ number }: Machine) => `cable${number}`;

/** A permanent entry: without it a host that is cut off learns so after 3 s (EHOSTUNREACH), as ARP is not answered. */
function know(host: Machine, other: Machine, mac: string): void {
  ip(`-n ${host.name} neighbour replace ${addressOf(other.number)} lladdr ${mac} dev eth0 nud permanent`);
}

function addHost(name: string, number: HostNumber): Machine {
  ip(`netns add ${name}`);
  const cable = `cable${number}`;
  ip(`link add ${cable} type veth peer name eth0 netns ${name}`, `link set ${cable} master ${BRIDGE} up`);
  ip(`-n ${name} link set lo up`, `-n ${name} link set eth0 address ${macOf(number)}`);
  ip(`-n ${name} address add ${addressOf(number)}/24 dev eth0`, `-n ${name} link set eth0 up`);
  const inside = ["ip", "netns", "exec", name];
  return { name, number, address: addressOf(number), inside, processes: () => [] };
}

async function addWorker(folder: string, name: string, number: HostNumber): Promise<Machine> {
  const host = addHost(name, number);
  const bootId = path.join(folder, `${name}.boot-id`);
  writeFileSync(bootId, `${randomUUID()}\n`);
  const setUp = `hostname ${name} && mount --bind ${bootId} /proc/sys/kernel/random/boot_id`;
  // As the first process of its namespace it inherits orphans. Without care for SIGCHLD the kernel buries them.
  const init = `${setUp} && exec env --ignore-signal=CHLD sleep infinity`;
  const spaces = ["--uts", "--pid", "--mount", "--ipc", "--fork", "--kill-child", "--mount-proc"];
  const [file, ...args] = [...host.inside, "unshare", ...spaces, "sh", "-c", init];
  // ast-grep-ignore: js-subprocess-timeout, reason: it ends with the lab
  const holder = spawn(file, args, { stdio: "ignore" });
  const [pid = 0] = await appears(() => childrenOf(holder.pid ?? 0, "sleep"));
  const space = readlinkSync(`/proc/${pid}/ns/pid`);
  const processes = () =>
    readdirSync("/proc")
      .map(Number)
      .filter((one) => one > 0 && one !== pid && isAlive(one) && spaceOf(one) === space);
  return { ...host, inside: ["nsenter", "--all", "--target", String(pid), "--"], processes };
}

function spaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined; // Gone since it was listed.
  }
}

function ip(...commands: readonly string[]): void {
  for (const command of commands) execFileSync("ip", command.split(" "), { stdio: "pipe", timeout: 30_000 });
}

function mount(...args: readonly string[]): void {
  execFileSync("mount", args, { stdio: "pipe", timeout: 30_000 });
}
