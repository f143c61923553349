import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { CallError, command, ConfigError, defineCall, runCommand, task } from "../../src/index.ts";

/** What a definition in plain JavaScript could be: the compiler does not stop it. */
function problemsOf(options: Record<string, unknown>): readonly string[] {
  try {
    defineCall(options as unknown as Parameters<typeof defineCall<void, string, object>>[0]);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  return [];
}

const RIGHT = { name: "it", callee: command("echo"), timeout: "1m", effects: "none" };

function setEnv(name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  onTestFinished(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}

test("a right definition has no problems", () => {
  expect(problemsOf(RIGHT)).toEqual([]);
});

test("everything that is wrong is said at once", () => {
  const problems = problemsOf({
    name: "Not A Name",
    callee: command("", ["a\0"], { killGrace: -1, maxOutput: 0.5 }),
    timeout: { total: 0, attempt: Number.NaN, hourly: 1 },
    effects: "once",
    retry: { attempts: 0, backoff: 2 },
    probe: "no",
    evidence: [1],
    output: {},
    retries: 3,
  });
  expect(problems).toEqual([
    'name must be 1 to 64 characters: a-z, 0-9 and single hyphens between them, such as "write-draft"',
    "killGrace is -1; a duration must be greater than 0",
    "maxOutput is 0.5; give a whole number of bytes from 1 to 536870887",
    "the command must be a name or path that is not blank",
    "argument 1 holds a NUL byte",
    'retry cannot be used with effects "once": a retry could do the work twice; remove retry, or give effects "none" if a repeat does no harm',
    'probe is allowed only with effects "verifiable"',
    "probe must be a function",
    "retries is not an option; the options are name, callee, timeout, effects, key, probe, effectWithin, output, evidence, retry, ledger, store, replayWithoutValue, onInProgress, resource, onBusy, journal, logger",
    "output must be a Standard Schema, such as a zod, valibot or arktype schema",
    "evidence must be a list of functions",
    "retry.backoff is not an option; the options are attempts, baseDelay, maxDelay, minAttempt, feedback",
    "timeout.hourly is not an option; the options are total, attempt, idle",
    "timeout.total is 0; a duration must be greater than 0",
    'timeout.attempt is NaN; give milliseconds, or a string such as "90s", "10m" or "1h30m"',
    "retry.attempts is 0; give a whole number from 1 to 100",
  ]);
});

test("several problems are a list, one is a sentence", () => {
  const error = (options: object) => {
    try {
      defineCall(options as never);
    } catch (thrown) {
      return thrown as ConfigError;
    }
    throw new Error("it was accepted");
  };
  expect(error({ ...RIGHT, timeout: undefined }).message).toBe(
    'Invalid configuration of the call "it": timeout is missing; every call needs one, such as timeout: "10m" ' +
      "(a call without a timeout can hang for days).",
  );
  expect(error({ ...RIGHT, timeout: 0, effects: undefined }).message).toBe(
    'Invalid configuration of the call "it":\n' +
      '- effects is missing; say what a repeat would do: "none" (nothing), "keyed" (the callee honours the key it is sent), ' +
      '"verifiable" (a probe can look) or "once" (it must not happen twice)\n' +
      "- timeout is 0; a duration must be greater than 0",
  );
  expect(error({ ...RIGHT, effects: "idempotent" }).problems).toEqual([
    expect.stringMatching(/^effects is "idempotent"; say what a repeat would do: "none"/),
  ]);
  expect(error({ ...RIGHT, ledger: 5 }).problems).toEqual([
    "ledger is 5; give the path of a file, or what openLedger() returned",
  ]);
  expect(error({ ...RIGHT, callee: async () => "done" }).problems).toEqual([
    "callee is a function; wrap it in task(…)",
  ]);
  expect(error({ ...RIGHT, timeout: 0 })).toMatchObject({
    code: "invalid_config",
    effect: "not_started",
    outcome: "failed",
    retryable: false,
    name: "it",
    attempts: [],
  });
});

test.each([
  Number.NaN,
  0,
  -1,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 31,
  "",
  "soon",
  null,
  true,
])("a timeout of %s is refused before anything starts", async (timeout) => {
  for (const limits of [
    timeout,
    { total: timeout },
    { total: "1m", attempt: timeout },
    { total: "1m", idle: timeout },
  ]) {
    expect(problemsOf({ ...RIGHT, timeout: limits })).toHaveLength(1);
  }
  const error = await runCommand("echo", [], { timeout: timeout as string }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
});

describe("retry needs permission", () => {
  test.each(["once", "keyed", "verifiable"])("effects %s without a key", (effects) => {
    expect(problemsOf({ ...RIGHT, effects, retry: { attempts: 2 } })).toHaveLength(1);
  });

  test("the environment cannot give it", () => {
    setEnv("HARDCALL_IT_ATTEMPTS", "3");
    expect(problemsOf({ ...RIGHT, effects: "once" })).toEqual([
      'The environment variable HARDCALL_IT_ATTEMPTS is 3, but the contract allows no retry (effects "once")',
    ]);
    expect(problemsOf(RIGHT)).toEqual([]);
  });
});

describe("the environment tunes, and cannot disable", () => {
  const slow = () =>
    defineCall({
      name: "slow-job",
      callee: command("sleep", ["60"], { killGrace: 200 }),
      timeout: "50s",
      effects: "none",
    });

  test.each([
    ["TIMEOUT", "timeout", "timed out after 200 ms (limit of the whole call)"],
    ["ATTEMPT_TIMEOUT", "timeout", "timed out after 200 ms (limit of one attempt)"],
    ["IDLE_TIMEOUT", "idle_timeout", "showed no sign of life for 200 ms (idle limit)"],
  ])("HARDCALL_SLOW_JOB_%s", async (suffix, code, words) => {
    const call = slow();
    // Read when the call is made, so a running service can be tuned.
    setEnv(`HARDCALL_SLOW_JOB_${suffix}`, "200ms");
    const settled = await call.settle();
    expect(settled).toMatchObject({ code });
    expect((settled as CallError).message).toContain(words);
  });

  test("HARDCALL_SLOW_JOB_ATTEMPTS", async () => {
    setEnv("HARDCALL_SLOW_JOB_ATTEMPTS", "3");
    const call = defineCall({
      name: "slow-job",
      callee: command("false"),
      timeout: "50s",
      effects: "none",
      retry: { attempts: 1, baseDelay: 1 },
    });
    expect((await call.settle()).attempts).toHaveLength(3);
  });

  test.each([
    ["TIMEOUT", "0", 'is "0"; a duration must be greater than 0'],
    ["TIMEOUT", "", 'is ""; give milliseconds, or a string such as "90s", "10m" or "1h30m"'],
    ["TIMEOUT", "Infinity", 'is "Infinity"; give milliseconds, or a string such as "90s", "10m" or "1h30m"'],
    ["ATTEMPT_TIMEOUT", "none", 'is "none"; give milliseconds, or a string such as "90s", "10m" or "1h30m"'],
    ["IDLE_TIMEOUT", "99d", 'is "99d"; the longest duration is 2147483647 ms (about 24 days)'],
    ["ATTEMPTS", "many", 'is "many"; give a whole number from 1 to 100'],
    ["ATTEMPTS", "", 'is ""; give a whole number from 1 to 100'],
    ["ATTEMPTS", "0", 'is "0"; give a whole number from 1 to 100'],
  ])("%s=%j is named and refused, when it is defined and when it is made", async (suffix, value, problem) => {
    const call = slow();
    setEnv(`HARDCALL_SLOW_JOB_${suffix}`, value);
    const sentence = `The environment variable HARDCALL_SLOW_JOB_${suffix} ${problem}`;
    expect(problemsOf({ ...RIGHT, name: "slow-job" })).toEqual([sentence]);
    const settled = await call.settle();
    expect(settled).toBeInstanceOf(ConfigError);
    expect((settled as ConfigError).problems).toEqual([sentence]);
  });
});

test("an input that cannot be right starts nothing", async () => {
  const call = defineCall({
    name: "it",
    callee: command("echo", (words: readonly string[]) => words),
    timeout: "20s",
    effects: "none",
    output: z.string(),
  });
  const settled = await call.settle(["a", "b\0"]);
  expect(settled).toBeInstanceOf(ConfigError);
  expect((settled as ConfigError).problems).toEqual(["argument 2 holds a NUL byte"]);
});

test("arguments that cannot be made start nothing, and settle does not reject", async () => {
  const call = defineCall({
    name: "it",
    callee: command("echo", (post: { readonly id: string }) => [post.id.trim()]),
    timeout: "20s",
    effects: "none",
  });
  const settled = await call.settle({} as { id: string });
  expect(settled).toMatchObject({ code: "invalid_config", effect: "not_started" });
});

test("a bytes function that throws starts nothing either", async () => {
  const call = defineCall({
    name: "it",
    callee: command("cat", [], { stdin: (post: { readonly id: string }) => post.id.trim() }),
    timeout: "20s",
    effects: "none",
  });
  const settled = await call.settle({} as { id: string });
  expect(settled).toMatchObject({ code: "invalid_config", effect: "not_started" });
});

test("task without a function", () => {
  expect(problemsOf({ ...RIGHT, callee: task(undefined as never, { cancelGrace: "x" }) })).toEqual([
    "task() needs an async function",
    'cancelGrace is "x"; give milliseconds, or a string such as "90s", "10m" or "1h30m"',
  ]);
});
