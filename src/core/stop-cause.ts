/** Why hardcall stopped an attempt. The first cause stands; later ones are ignored. */
export type StopCause =
  | { readonly code: "timeout"; readonly limit: "total" | "attempt"; readonly limitMs: number }
  | { readonly code: "idle_timeout"; readonly limitMs: number }
  | { readonly code: "cancelled"; readonly reason: unknown };

/** Why a call lost its lease, which is then the reason of its cancel. */
export interface LeaseLoss {
  readonly code: "lease_lost";
  /** Goes on after "was stopped": "because …". @default another owner may have taken the call over */
  readonly because?: string | undefined;
}

/** The loss of the lease, if that is the reason of a cancel. */
export function leaseLossIn(reason: unknown): LeaseLoss | undefined {
  return (reason as { readonly code?: unknown } | null | undefined)?.code === "lease_lost"
    ? (reason as LeaseLoss)
    : undefined;
}

export const describeLoss = ({
  because = "because another owner may have taken it over",
}: LeaseLoss): string => because;
