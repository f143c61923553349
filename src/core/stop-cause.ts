/** Why hardcall stopped an attempt. The first cause stands; later ones are ignored. */
export type StopCause =
  | { readonly code: "timeout"; readonly limit: "total" | "attempt"; readonly limitMs: number }
  | { readonly code: "idle_timeout"; readonly limitMs: number }
  | { readonly code: "cancelled"; readonly reason: unknown };
