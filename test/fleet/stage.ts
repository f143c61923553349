import { startPostgres, type PostgresServer } from "../helpers/postgres-server.ts";
import { openNamespaces } from "./hosts/namespaces.ts";
import type { Network } from "./hosts/network.ts";
import { openOneHost } from "./hosts/one-host.ts";
import { Service } from "./service.ts";

const PORT = 5432;
/** Trusts every host of the lab, which nothing else can reach. */
const ACCESS = ["local all all trust", "host all all 0.0.0.0/0 trust"];

/** What every program of `inLab` is given beside its own options. */
export interface LabOptions {
  /** Gone with the lab. */
  readonly folder: string;
  /** Whether it can make hosts. */
  readonly hosts: boolean;
}

/** The hosts, Postgres on one, and the service on another. */
export interface Stage {
  readonly network: Network;
  readonly postgres: PostgresServer;
  readonly service: Service;
  end(): Promise<void>;
}

export async function setUp(
  { folder, hosts }: LabOptions,
  { seed, workers }: { readonly seed: string; readonly workers: number },
): Promise<Stage> {
  const network = hosts ? await openNamespaces(folder, workers) : openOneHost(workers);
  const { database } = network;
  const postgres = await startPostgres(
    hosts ? { access: ACCESS, port: PORT, host: database.address, inside: database.inside } : {},
  );
  const service = await Service.begin(network.service, seed);
  const end = async () => {
    await service.end();
    await postgres.remove();
  };
  return { network, postgres, service, end };
}
