import * as fc from "fast-check";
import { expect, it } from "vitest";
import { readStatus } from "../../src/bigquery/job-status.ts";
import { ERROR_CODES } from "../../src/core/vocabulary.ts";
import type { Failure } from "../../src/core/callee.ts";

const EXPECTED = { query: { query: "SELECT 1" } } as Parameters<typeof readStatus>[1];
const odd = fc.oneof(
  fc.constant(undefined),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom("constructor", "__proto__", "NaN", { toString: null }),
);

it("a job is a success only when it is done without an error, and no field is too odd to be judged", () => {
  const jobs = fc.record({
    configuration: fc.oneof(fc.constant(EXPECTED), odd),
    status: fc.record({
      state: fc.oneof(fc.constantFrom("DONE", "DONE", "RUNNING", "PENDING"), odd),
      errorResult: fc.oneof(
        fc.constantFrom(undefined, null),
        fc.record({
          reason: fc.oneof(fc.constantFrom("stopped", "quotaExceeded"), odd),
          message: odd,
        }),
      ),
    }),
    statistics: fc.oneof(odd, fc.record({ startTime: odd, endTime: odd, numChildJobs: odd, query: odd })),
  });
  fc.assert(
    fc.property(jobs, (job) => {
      const { state, errorResult } = job.status;
      const read = (() => {
        try {
          return readStatus(JSON.parse(JSON.stringify(job)) as object, EXPECTED);
        } catch (error) {
          return { failure: (error as { readonly failure?: Failure }).failure };
        }
      })();
      if ("failure" in read) expect(ERROR_CODES).toContain(read.failure?.code);
      expect("state" in read && read.state === "succeeded").toBe(state === "DONE" && errorResult == null);
    }),
    { numRuns: 1000 },
  );
});
