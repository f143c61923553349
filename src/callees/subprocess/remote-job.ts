import type { AfterStop } from "../../core/callee.ts";

/** As `bq` shows a job that it waits for: "Waiting on bqjob_r5c1f0a2b_0000018f2a_1 ... (8s) Current status: RUNNING". */
const OF_BQ = /\b(bqjob_r[0-9a-f]{4,32}_[0-9a-f]{4,32}_\d{1,4})\b/g;
/** As Google's clients write a job's id, which they make themselves: "Job ID: 5f1c…". */
const OF_CLIENT =
  /\bjob[ _]?id["']?\s*[:=]\s*["']?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b/gi;

/**
 * A BigQuery job that a command has named in what it printed, and that may still run: to end the client does not end its job.
 * Only ids of these two forms get into a message, and no other output.
 */
export function jobLeftBy(...printed: readonly string[]): AfterStop | undefined {
  for (const text of printed) {
    const found = [...text.matchAll(OF_BQ), ...text.matchAll(OF_CLIENT)].at(-1);
    if (found === undefined) continue;
    const id = found[1] as string;
    const rest = text.slice(text.lastIndexOf(id));
    if (/\bDONE\b/.test(rest)) continue;
    const message = `its BigQuery job ${id} may still be running: bq cancel ${id} stops it`;
    return { confirmed: true, effect: "unknown", message };
  }
  return undefined;
}
