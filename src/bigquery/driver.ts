import {
  jobError,
  type JobCall,
  type JobDriver,
  type JobResult,
  type JobStatus,
} from "../callees/job/driver.ts";
import type { BigQueryClient } from "./client.ts";
import type { JobInsert } from "./configuration.ts";
import { statusOf } from "./http-failure.ts";
import { countOf, readStatus, type JobResource } from "./job-status.ts";
import { readRows, type RowOptions } from "./rows.ts";
import { send } from "./send.ts";

/** What BigQuery reports about a query that has run; part of the result. */
export interface QueryDetails {
  readonly jobId: string;
  readonly location: string | undefined;
  readonly bytesBilled: number | undefined;
  readonly bytesProcessed: number | undefined;
  /** Milliseconds of slots used. */
  readonly slotMs: number | undefined;
  readonly cacheHit: boolean | undefined;
  readonly statementType: string | undefined;
  readonly dmlAffectedRows: number | undefined;
}

export interface DriverOptions<Input> {
  readonly client: BigQueryClient;
  /** The body of the insert, without its id. */
  readonly insertFor: (input: Input) => JobInsert;
  /** The time limit on the server, in milliseconds: it ends the job if this host dies. */
  readonly jobTimeoutMs: (limitMs: number) => number;
  readonly rows: RowOptions & { readonly required: boolean };
}

/** BigQuery over the REST surface of jobs: insert, get, cancel, getQueryResults. */
export function bigqueryDriver<Input, Row>(
  options: DriverOptions<Input>,
): JobDriver<Input, Row[], QueryDetails> {
  const { client, insertFor } = options;
  /** The location of each job. Outside US and EU the server finds a job only if the request names its location. */
  const locations = new Map<string, string>();
  /** Jobs that have succeeded and whose result is not read yet. */
  const succeeded = new Map<string, JobResource>();
  const qs = (id: string, { input }: JobCall<Input>) => {
    const location = locations.get(id) ?? insertFor(input).jobReference.location;
    return location === undefined ? {} : { location };
  };
  const get = async (id: string, call: JobCall<Input>) =>
    send(client, { uri: `/jobs/${id}`, qs: qs(id, call) }, call.signal) as Promise<JobResource>;

  return {
    async submit(id, input, { signal, limitMs }) {
      const { configuration, jobReference } = insertFor(input);
      const json = {
        configuration: { ...configuration, jobTimeoutMs: String(options.jobTimeoutMs(limitMs)) },
        jobReference: { ...jobReference, jobId: id },
      };
      try {
        const created: JobResource = await send(client, { method: "POST", uri: "/jobs", json }, signal);
        remember(id, created.jobReference?.location);
        return undefined;
      } catch (error) {
        const cause = error instanceof Error ? error.cause : undefined;
        if (statusOf(cause) !== 409) throw error;
        remember(id, locationIn(cause, id));
        return "exists";
      }
    },

    async status(id, call): Promise<JobStatus> {
      try {
        const job = await get(id, call);
        const status = readStatus(job, insertFor(call.input).configuration);
        if (status.state === "succeeded") succeeded.set(id, job);
        return status;
      } catch (error) {
        if (error instanceof Error && statusOf(error.cause) === 404) return { state: "missing" };
        throw error;
      }
    },

    async cancel(id, call) {
      await send(client, { method: "POST", uri: `/jobs/${id}/cancel`, qs: qs(id, call) }, call.signal);
    },

    async result(id, call): Promise<JobResult<Row[], QueryDetails>> {
      const job = succeeded.get(id) ?? (await get(id, call));
      const location = job.jobReference?.location ?? locations.get(id);
      const rows = await readRows(client, { id, location }, options.rows, call);
      locations.delete(id);
      succeeded.delete(id);
      if (rows.length === 0 && options.rows.required) {
        throw jobError({ code: "empty_output", message: "found no rows", effect: "completed" });
      }
      return { value: rows as Row[], details: detailsOf(id, location, job) };
    },
  };

  function remember(id: string, location: string | undefined): void {
    if (location !== undefined) locations.set(id, location);
  }
}

/** The location in the error for an id that exists: "Already Exists: Job project:US.id". */
function locationIn(error: unknown, id: string): string | undefined {
  const message = error instanceof Error ? error.message : "";
  const end = message.indexOf(`.${id}`);
  return end === -1 ? undefined : /:([\w-]+)$/.exec(message.slice(0, end))?.[1];
}

function detailsOf(jobId: string, location: string | undefined, { statistics }: JobResource): QueryDetails {
  const query = statistics?.query;
  return {
    jobId,
    location,
    bytesBilled: countOf(query?.totalBytesBilled),
    bytesProcessed: countOf(query?.totalBytesProcessed ?? statistics?.totalBytesProcessed),
    slotMs: countOf(query?.totalSlotMs ?? statistics?.totalSlotMs),
    cacheHit: query?.cacheHit,
    statementType: query?.statementType,
    dmlAffectedRows: countOf(query?.numDmlAffectedRows),
  };
}
