/** Where a test can stop the process dead: each is a moment after which the ledger must still tell the truth. */
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
 * Dies of SIGKILL when `HARDCALL_TEST_FAULT_POINT` names this point. The build puts `undefined` in the variable's place
 * (tsup.config.ts), and esbuild drops what is then never reached: what is published has an empty function here.
 */
export function faultPoint(point: FaultPoint): void {
  if (process.env.HARDCALL_TEST_FAULT_POINT) {
    if (process.env.HARDCALL_TEST_FAULT_POINT === point) process.kill(process.pid, "SIGKILL");
  }
}
