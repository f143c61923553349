/**
 * The state machine of an operation, as pure functions from a row, an event and a moment to the new row, an
 * answer and what to append to the history.
 *
 * ```
 *              claim            started           settle
 *   (absent) ────────► reserved ────────► started ────────► succeeded | failed
 *                        ▲  │ lease lapses:  │ owner gone,
 *                        └──┘ claimed anew   │ or the effect is unknown
 *                        ▲                   ▼
 *                        │ probe: absent  in_doubt ──► probe: present ──► succeeded
 *                        └───────────────────┤ ──────► operator: done ──► succeeded
 *                                            └───────► operator: absent ► failed, claimable
 * ```
 */
export { claim } from "./claim.ts";
export { heartbeat, started } from "./progress.ts";
export { probed, resolve } from "./resolve.ts";
export { settle } from "./settle.ts";
export { settleThenClaim } from "./settle-then-claim.ts";
