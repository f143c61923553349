import type { CallIdentity, Failure } from "../../core/callee.ts";

/** A job that has ended. */
export type EndedJob = JobStatus & { readonly state: "succeeded" | "failed" };

/** What hardcall passes to each function of a driver. */
export interface JobCall<Input> extends Pick<CallIdentity, "name" | "callId" | "key"> {
  readonly input: Input;
  /** How long the attempt may take, in milliseconds; for a time limit on the server. */
  readonly limitMs: number;
  /** Aborts when hardcall no longer waits for the answer. hardcall abandons a request that goes on after that. */
  readonly signal: AbortSignal;
  /** Reports a sign of life, such as one page of a long result; restarts the idle timeout. */
  readonly activity: () => void;
}

/**
 * A remote service that runs jobs. Each of the four functions sends one request and does not wait or retry: hardcall does that.
 * hardcall gives each one `callTimeout` (`result`: `resultTimeout`) and abandons it after that.
 *
 * Throw `jobError({ code, message, effect })` to say what an error means. With any other error the effect is unknown; a refused
 * connection or an HTTP `status` on the error sets only the code.
 */
export interface JobDriver<Input, Raw, Details extends object = object> {
  /**
   * Starts the job under this id. The service must refuse an id that it already has. Then return `"exists"`, or throw an error with
   * `status` 409, and hardcall joins the existing job. Without that refusal, one key could start two jobs.
   */
  submit(id: string, input: Input, call: JobCall<Input>): Promise<void | "exists">;
  status(id: string, call: JobCall<Input>): Promise<JobStatus>;
  /** Asks the service to stop the job. hardcall then calls `status` until the job has ended. */
  cancel(id: string, call: JobCall<Input>): Promise<void>;
  /** Reads the result of a job that succeeded. */
  result(id: string, call: JobCall<Input>): Promise<JobResult<Raw, Details>>;
}

/** Where a job stands. */
export type JobStatus =
  /** The service knows no job with this id. */
  | { readonly state: "missing" }
  | ({ readonly state: "pending" | "running" } & JobFacts)
  | ({ readonly state: "succeeded" } & JobFacts)
  /** The job ended without success. `failure.effect` says what is known of its effect. */
  | ({ readonly state: "failed"; readonly failure: Failure } & JobFacts);

export interface JobFacts {
  /** Processed so far; shown as progress. */
  readonly bytes?: number | undefined;
  /** `false` when the job under this id was started with another input; the call then fails with `key_conflict`. */
  readonly same?: boolean | undefined;
}

export interface JobResult<Raw, Details extends object = object> {
  readonly value: Raw;
  readonly details?: Details | undefined;
}

/** What `onProgress` receives: at each change of state, and every 30 seconds while the state stays the same. */
export interface JobProgress extends Pick<CallIdentity, "name" | "callId" | "attempt"> {
  /** The job's id at the service. */
  readonly id: string;
  readonly state: JobStatus["state"];
  /** Since the attempt began. */
  readonly seconds: number;
  /** Processed so far, as the service reports it. */
  readonly bytes?: number | undefined;
}

/**
 * Marks the errors that `jobError` makes. A registered symbol, so that two copies of the package in one process agree. Not
 * enumerable, so that an object with copied fields is not taken for such an error.
 */
const JOB_ERROR = Symbol.for("hardcall.jobError");

/**
 * Makes the error that a driver throws when it knows what a failure means.
 *
 * @example
 * throw jobError({ code: "billing", message: "was refused: the quota of this project is used up", effect: "rejected" });
 */
export function jobError(failure: Failure): Error & { readonly failure: Failure } {
  const error = new Error(
    failure.message,
    failure.cause === undefined ? undefined : { cause: failure.cause },
  );
  Object.defineProperty(error, JOB_ERROR, { value: true });
  return Object.assign(error, { failure });
}

/** The failure inside an error that `jobError` made; `undefined` for any other error. */
export function toldFailure(thrown: unknown): Failure | undefined {
  if (typeof thrown !== "object" || thrown === null || !(JOB_ERROR in thrown)) return undefined;
  const { failure } = thrown as unknown as { readonly failure: Failure };
  return { ...failure, cause: failure.cause ?? thrown };
}
