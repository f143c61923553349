import { describe, expect, it } from "vitest";
import { hardcall } from "../helpers/run.ts";

const BQ = "bqjob_r1be959f1caa27c65_000001a2006e7d7e_1";
const CLIENT = "0b5f3c1e-7f0e-4a55-9c0e-3b7b1f6f0a11";
/** What bq writes while it waits: each line over the last one. */
const waiting = (state: string) => `\rWaiting on ${BQ} ... (9s) Current status: ${state}`;

/** `hardcall run` of a client that prints this, and then waits for its job. */
async function endedAfter(stderr: string, stdout = "") {
  const script = 'printf %s "$1" >&2; printf %s "$2"; exec sleep 60';
  const command = ["sh", "-c", script, "sh", stderr, stdout];
  const args = ["run", "--timeout", "600ms", "--kill-grace", "200ms", "--stderr", "off", "--", ...command];
  const { exitCode, stderr: said } = await hardcall(args);
  expect(exitCode).toBe(124);
  return said;
}

describe("a time limit that ends a client names the BigQuery job that it leaves", () => {
  it.each([
    ["of bq", waiting("RUNNING"), "", BQ],
    ["of Google's client, which a program has logged", `Location: EU\nJob ID: ${CLIENT}\n`, "", CLIENT],
    ["on stdout", "", `job_id='${CLIENT}'`, CLIENT],
    ["the last one", `Job ID: ${CLIENT.replace("0b", "1c")}\nJob ID: ${CLIENT}\n`, "", CLIENT],
  ])("%s", async (_, stderr, stdout, id) => {
    expect(await endedAfter(stderr, stdout)).toMatch(
      `timed out after 600 ms (limit of the whole call), and its BigQuery job ${id} may still be running: bq cancel ${id} stops it. If it`,
    );
  });

  it.each([
    ["a job that is done", waiting("DONE")],
    ["an id of another form", "Job ID: my-secret-report-2026"],
    ["an output without a job", "waiting"],
  ])("but not %s", async (_, stderr) => {
    expect(await endedAfter(stderr)).toMatch(/timed out after 600 ms \(limit of the whole call\)\. If it/);
  });
});
