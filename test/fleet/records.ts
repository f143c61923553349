import type { Arrival } from "../call/guard/publish-server.ts";
import type { Suspension } from "../helpers/suspensions.ts";
import type { OperationHistory } from "../../src/ledger/store/store.ts";
import type { Cut } from "./hosts/network.ts";
import type { Peer } from "./plan/faults.ts";
import type { Job } from "./plan/jobs.ts";

/** What a run writes down while it goes on. Times are milliseconds since 1970, on a clock that the run leaves alone. */

/** One process of a worker, from its start to its end. */
export interface Life {
  /** In each request that it sends. */
  readonly id: string;
  readonly worker: number;
  readonly begunAt: number;
  endedAt: number;
  killed?: true;
  readonly suspensions: HostSuspension[];
}

export interface HostSuspension extends Suspension {
  /** All processes of the host slept, and not the worker's alone. */
  readonly whole: boolean;
}

/** Something that was done to the run. A kill and a clock have no length. */
export interface FaultRecord {
  readonly at: number;
  until: number;
  readonly what: string;
  /** Undefined for what concerns all. */
  readonly worker: number | undefined;
  readonly kind: "kill" | "suspend" | "cut" | "clock" | "restart";
  readonly cut?: { readonly from: Peer; readonly how: Cut };
}

/** What the queue says of a job. */
export interface QueueRecord {
  readonly state: "created" | "retry" | "active" | "completed" | "cancelled" | "failed";
  readonly retryCount: number;
  /** The result, or the reason of a failure. */
  readonly output: unknown;
}

/** All that is known of one job when the run is over. */
export interface JobRecord {
  readonly job: Job;
  readonly arrivals: readonly Arrival[];
  readonly queue: QueueRecord | undefined;
  /** The same job in the dead-letter queue: what it says of itself. */
  readonly dead: readonly unknown[];
  readonly ledger: OperationHistory | undefined;
}
