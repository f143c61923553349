/** The moments at which a test can kill the process. After each, the ledger must still be right. */
export type FaultPoint =
  | "beforeClaim"
  | "afterClaim"
  | "afterStarted"
  | "afterEffect"
  | "beforeSucceeded"
  | "afterSucceeded"
  | "beforeFailed"
  | "afterFailed"
  | "beforeProbe"
  | "afterProbe"
  | "beforeVerdict"
  | "afterVerdict"
  | "beforeDelivery"
  | "afterDelivery"
  | "afterDelivered";

/**
 * Kills the process with SIGKILL if `HARDCALL_TEST_FAULT_POINT` names this point. The build replaces the variable with `undefined`
 * (tsup.config.ts) and esbuild removes the dead code, so the published function is empty.
 */
export function faultPoint(point: FaultPoint): void {
  if (process.env.HARDCALL_TEST_FAULT_POINT) {
    if (process.env.HARDCALL_TEST_FAULT_POINT === point) process.kill(process.pid, "SIGKILL");
  }
}
