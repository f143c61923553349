/** What the hosts of a lab are to each other, as JSON: see hosts.test.ts. */
import type { Owner } from "../../../src/ledger/owner/owner.ts";
import { LineProcess } from "../../helpers/line-process.ts";
import { openNamespaces } from "../hosts/namespaces.ts";
import { tell } from "./tell.ts";
import type { Cut, Host } from "../hosts/network.ts";

const ECHO = new URL("../processes/echo.ts", import.meta.url).pathname;
const CALLER = new URL("../processes/caller.ts", import.meta.url).pathname;

const { folder } = JSON.parse(process.argv[2] ?? "{}") as { readonly folder: string };
const network = await openNamespaces(folder, 2);
const { service, database, workers } = network;
const [one = service, other = service] = workers;

const run = (host: Host, ...args: readonly string[]) => {
  const [file = "", ...rest] = [...host.inside, process.execPath, ...args];
  return new LineProcess(file, rest, process.env);
};
const echo = run(service, ECHO, service.address);
const port = await echo.next<number>();
const call = async (host: Host) => {
  const caller = run(host, CALLER, service.address, String(port));
  return { caller, owner: await caller.next<Owner>() };
};
const [first, second] = await Promise.all([call(one), call(other)]);
const ask = async (of: typeof first, order: unknown) => {
  of.caller.say(order);
  return await of.caller.next<string>();
};

const owners = [first.owner, second.owner];
const seesOther = await ask(first, second.owner);
const seesItself = await ask(first, first.owner);
const cuts: Record<string, readonly string[]> = {};
for (const how of ["both", "requests", "answers", "link"] satisfies Cut[]) {
  const mend = network.cut?.(one, service, how);
  const during = [await ask(first, "send"), await ask(second, "send")];
  mend?.();
  // What was sent meanwhile comes, sooner or later: TCP sends it anew.
  cuts[how] = [...during, await untilAnswered()];
}
// Cut off from Postgres alone it still reaches the service.
network.cut?.(one, database, "both");
cuts["database"] = [await ask(first, "send")];

const processes = one.processes().length;
tell({ owners, seesOther, seesItself, cuts, processes });

async function untilAnswered(): Promise<string> {
  let told = "";
  for (let tries = 0; tries < 10 && told !== "answered"; tries++) told = await ask(first, "send");
  return told;
}
