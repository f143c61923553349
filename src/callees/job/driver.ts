import type { Failure } from "../../core/callee.ts";

/** A job that is over. */
export type EndedJob = JobStatus & { readonly state: "succeeded" | "failed" };

/** What a driver is told with each of its calls. */
export interface JobCall<Input> {
  readonly input: Input;
  /** The call's name. */
  readonly name: string;
  readonly callId: string;
  readonly key: string | undefined;
  /** How long the attempt may take, in milliseconds: for a limit of the server's own. */
  readonly limitMs: number;
  /** Aborts when the answer is not wanted any more. A call that goes on all the same is abandoned. */
  readonly signal: AbortSignal;
  /** A sign of life, such as a page of a long result: the idle limit starts anew. */
  readonly activity: () => void;
}

/**
 * A remote service that runs jobs. Each of the four does one request and no waiting; the runtime has the clock. Each is bounded
 * by `callTimeout` (`result` by `resultTimeout`), and abandoned when it does not settle.
 *
 * An error may say what it means: `jobError({ code, message, effect })`. Any other error leaves the effect unknown: a refused
 * connection or an HTTP `status` on it gives the code only.
 */
export interface JobDriver<Input, Raw, Details extends object = object> {
  /**
   * Starts the job under this id. The service must refuse an id that it has: answer `"exists"` (or throw an error with `status`
   * 409), and the job that is there is joined. That refusal is what keeps two jobs of one key apart.
   */
  submit(id: string, input: Input, call: JobCall<Input>): Promise<void | "exists">;
  status(id: string, call: JobCall<Input>): Promise<JobStatus>;
  /** Asks the service to stop it. That it has stopped is for `status` to say. */
  cancel(id: string, call: JobCall<Input>): Promise<void>;
  /** Of a job that succeeded. */
  result(id: string, call: JobCall<Input>): Promise<JobResult<Raw, Details>>;
}

/** Where a job stands. */
export type JobStatus =
  /** The service knows no job with this id. */
  | { readonly state: "missing" }
  | ({ readonly state: "pending" | "running" } & JobFacts)
  | ({ readonly state: "succeeded" } & JobFacts)
  /** It has ended without success, and `failure` says what that leaves behind. */
  | ({ readonly state: "failed"; readonly failure: Failure } & JobFacts);

export interface JobFacts {
  /** Processed so far, for the progress. */
  readonly bytes?: number | undefined;
  /** `false` when the job under this id is not the one that this input stands for. */
  readonly same?: boolean | undefined;
}

export interface JobResult<Raw, Details extends object = object> {
  readonly value: Raw;
  readonly details?: Details | undefined;
}

/** What a listener hears: each change of state, and every 30 seconds that a job goes on. */
export interface JobProgress {
  readonly id: string;
  readonly name: string;
  readonly callId: string;
  readonly attempt: number;
  readonly state: JobStatus["state"];
  /** Since the attempt began. */
  readonly seconds: number;
  readonly bytes?: number | undefined;
}

/** A registered symbol, so that two copies of the package in one process agree. Own and not enumerable: a copy of the fields says nothing. */
const JOB_ERROR = Symbol.for("hardcall.jobError");

/** An error of which a driver knows what it means. */
export function jobError(failure: Failure): Error & { readonly failure: Failure } {
  const error = new Error(
    failure.message,
    failure.cause === undefined ? undefined : { cause: failure.cause },
  );
  Object.defineProperty(error, JOB_ERROR, { value: true });
  return Object.assign(error, { failure });
}

/** What an error says that was made by `jobError`; `undefined` for any other. */
export function toldFailure(thrown: unknown): Failure | undefined {
  if (typeof thrown !== "object" || thrown === null || !(JOB_ERROR in thrown)) return undefined;
  const { failure } = thrown as unknown as { readonly failure: Failure };
  return { ...failure, cause: failure.cause ?? thrown };
}
