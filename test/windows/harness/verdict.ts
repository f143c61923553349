import type { Result } from "../lib/reporter.ts";
import type { Ending } from "./machine.ts";

/** Tests with this in their name must fail where there is no Job Object. */
export const NEEDS_JOB_OBJECT = "(Job Object)";

/** What is known of the run of one file. */
export interface Run {
  readonly ending: Ending;
  readonly results: readonly Result[];
}

/** What is wrong with a run, a text for each. None: it is green. */
export function faultsOf(run: Run): string[] {
  const failed = run.results.filter(({ event, isSuite }) => event === "failed" && !isSuite);
  const faults = failed.map(({ name, error }) => `${name}\n${error}`);
  faults.push(...unfinished(run));
  if (run.ending !== "time limit" && run.ending.exitCode !== 0 && failed.length === 0)
    faults.push(`The file ended with exit code ${run.ending.exitCode}.`);
  if (!run.results.some(({ event, skip }) => event === "passed" && skip === undefined))
    faults.push("No test passed.");
  return faults;
}

/** The same of a run without Job Objects: each test of them must fail, by an assertion, or it would show nothing. */
export function faultsWithoutJobObject(run: Run): string[] {
  const tests = run.results.filter(
    ({ name, event, skip }) =>
      name.includes(NEEDS_JOB_OBJECT) && skip === undefined && (event === "passed" || event === "failed"),
  );
  const faults = tests.flatMap(({ name, event, error }) => {
    if (event === "passed") return [`${name}\npasses without the Job Object`];
    return error?.startsWith("AssertionError") ? [] : [`${name}\nfails for another reason: ${error}`];
  });
  faults.push(...unfinished(run));
  if (tests.length === 0) faults.push(`No test with ${NEEDS_JOB_OBJECT} in its name ran.`);
  return faults;
}

/** A run that came to no end of its own: one that hung, or whose process ended in the middle of a test. */
function unfinished({ ending, results }: Run): readonly string[] {
  const finished = results.some(({ event }) => event === "finished");
  if (finished && ending !== "time limit") return [];
  const ended = new Set(results.filter(({ event }) => event !== "started").map(({ name }) => name));
  const running = results.filter(({ event, name }) => event === "started" && !ended.has(name));
  const open = finished ? "nothing, but a handle is open" : "unknown";
  const what = running.map(({ name }) => name).join("; ") || open;
  return ending === "time limit"
    ? [`The file was ended at its time limit. Still running: ${what}.`]
    : [`The file's process ended before its tests. Still running: ${what}.`];
}
