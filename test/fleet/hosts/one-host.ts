import type { Host, Network } from "./network.ts";

/** For machines that let us make no hosts: all runs on this one, and nothing can be cut off. */
export function openOneHost(workerCount: number): Network {
  const host = (name: string): Host => ({ name, address: "127.0.0.1", inside: [], processes: () => [] });
  return {
    kind: "one host",
    database: host("database"),
    service: host("service"),
    workers: Array.from({ length: workerCount }, (_, nth) => host(`worker-${nth + 1}`)),
    end: () => undefined,
  };
}
