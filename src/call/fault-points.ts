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

declare const HARDCALL_WITHOUT_FAULT_POINTS: boolean | undefined;

/**
 * Dies of SIGKILL when `HARDCALL_TEST_FAULT_POINT` names this point. The build replaces the constant, and nothing of this is left
 * in what is published.
 */
export function faultPoint(point: FaultPoint): void {
  if (typeof HARDCALL_WITHOUT_FAULT_POINTS !== "undefined") return;
  if (process.env["HARDCALL_TEST_FAULT_POINT"] === point) process.kill(process.pid, "SIGKILL");
}
