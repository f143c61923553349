/** One machine of a run. */
export interface Host {
  readonly name: string;
  readonly address: string;
  /** What comes before a command that is to run on it; empty where a run has one host only. */
  readonly inside: readonly string[];
  /** The processes that run on it, without what keeps it open. */
  processes(): readonly number[];
}

/**
 * How packets are kept from a worker, without a word to either end, as a broken switch does it:
 * - `link`: its cable is out (`ip link set down`), and it reaches no other host
 * - `both`: what goes to and comes from one other host is dropped
 * - `requests`, `answers`: only what the worker sends, or only what it would receive
 */
export type Cut = "link" | "both" | "requests" | "answers";

/** The hosts of a run: one with Postgres, one with the service whose effects are counted, and the workers. */
export interface Network {
  readonly kind: "namespaces" | "one host";
  readonly database: Host;
  readonly service: Host;
  readonly workers: readonly Host[];
  /** Cuts a worker off. Absent where all live on one host. @returns what mends it */
  cut?(worker: Host, from: Host, how: Cut): () => void;
  end(): void;
}
