import type { FaultPoint } from "../../src/core/fault-points.ts";
import type { Arrival } from "../call/guard/publish-server.ts";
import type { Suspension } from "../helpers/suspensions.ts";
import type { HostAnswer } from "./processes/host.ts";
import type { Subject } from "./subject.ts";

/** What a run writes down while it goes on. Times are milliseconds since 1970, on a clock that the run leaves alone. */

/** One process of a host, from its start to its death. */
export interface Life {
  readonly host: number;
  /** It sees no process but its own, and no other can look whether it lives. */
  readonly contained: boolean;
  readonly pid: number;
  /** Where it dies by itself, if its way leads there. */
  readonly dies: FaultPoint | undefined;
  readonly suspensions: Suspension[];
  /** Why it was ended by the run. */
  ended?: "killed" | "told to end";
}

/** One call of a key. Without an answer its host died first. */
export interface CallRecord {
  readonly subject: Subject;
  readonly life: Life;
  readonly begunAt: number;
  endedAt?: number;
  answer?: HostAnswer;
}

/** Something that was done to the run. */
export interface FaultRecord {
  readonly at: number;
  readonly what: string;
  readonly life?: Life | undefined;
}

/** All that is known of one key when the run is over. */
export interface KeyRecord {
  readonly subject: Subject;
  readonly calls: readonly CallRecord[];
  readonly arrivals: readonly Arrival[];
  /** What an operator said of it, in the end. */
  readonly resolved?: "done" | "absent" | undefined;
  /** It came to no end, and this is what its last call said. */
  readonly wedged?: string | undefined;
}
