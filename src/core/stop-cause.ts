/** Why an attempt was stopped from outside. The first one stands, whatever comes after it. */
export type StopCause =
  | { readonly code: "timeout"; readonly limit: "total" | "attempt"; readonly limitMs: number }
  | { readonly code: "idle_timeout"; readonly limitMs: number }
  | { readonly code: "cancelled"; readonly reason: unknown };
