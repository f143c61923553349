import { expect, it } from "vitest";
import { defineCall, job, type JobDriver } from "../../../src/index.ts";
import { countWaits } from "../../helpers/machine.ts";

const GRACE_MS = 1200;

/** A job that runs on although each cancel is accepted. */
function stubborn() {
  const asked = { submits: 0, cancels: 0 };
  const driver: JobDriver<void, string> = {
    submit: async () => void asked.submits++,
    status: async () => ({ state: "running" }),
    cancel: async () => void asked.cancels++,
    result: async () => ({ value: "done" }),
  };
  return { asked, callee: job(driver, { cancelGrace: GRACE_MS }) };
}

it.each([
  ["of one attempt, long before the total", { total: 20_000, attempt: 600 }, 600, "limit of one attempt"],
  ["of one attempt, just before the total", { total: 900, attempt: 600 }, 600, "limit of one attempt"],
  ["of the whole call", { total: 600 }, 600, "limit of the whole call"],
])(
  "a job that does not stop costs cancelGrace beyond the limit %s, and no more",
  async (_, timeout, limitMs, said) => {
    const { asked, callee } = stubborn();
    const call = defineCall({ name: "stubborn", callee, timeout, effects: "none", retry: { attempts: 3 } });
    const [startedAt, waited] = [performance.now(), countWaits()];

    const ended = await call.settle();

    const ms = performance.now() - startedAt;
    expect(ms).toBeGreaterThanOrEqual(limitMs + GRACE_MS - 1);
    expect(ms).toBeLessThan(limitMs + GRACE_MS + 1000 + waited());
    // No other job is started beside one that may still run.
    expect(ended).toMatchObject({ code: "cancel_unconfirmed", effect: "unknown" });
    expect(asked.submits).toBe(1);
    expect(asked.cancels).toBeGreaterThan(0);
    expect((ended as Error).message).toContain(
      `timed out after 600 ms (${said}), and its job ${ended.externalRef} was still running 1.2 s (cancelGrace) after hardcall began to cancel it`,
    );
  },
);
