import type { ErrorCode } from "../../src/core/vocabulary.ts";
import type { Leave } from "../../src/resources/types.ts";
import { minutes, World } from "./harness.ts";

export const BREAKER = { failures: 5, cooldownMs: minutes(5), maxCooldownMs: minutes(60) };

export const failed = (code: ErrorCode, given: Partial<Leave> = {}) => ({
  started: true,
  opens: true,
  code,
  ...given,
});

/** One call that ends so, in process 1. */
export function run(world: World, end: Partial<Leave>, process = 1) {
  const { ticket, answer } = world.enter(process);
  if (answer?.kind === "granted") world.leave(process, ticket, end);
  return answer;
}

export const world = (breaker = BREAKER) => new World({ concurrency: 3, breaker });
export const state = (of: World) => of.view().breaker.state;
