import type { Operation } from "./state.ts";

/**
 * What the end of retention means for an operation. A success leaves a tombstone, so that a late retry is
 * reported and not run; one that is in doubt or running is never touched, however old.
 */
export function retention(
  row: Operation,
  now: number,
  retentionMs: number,
  tombstoneMs: number,
): "keep" | "tombstone" | "delete" {
  switch (row.state) {
    case "started":
    case "in_doubt":
      return "keep";
    case "reserved":
      return row.doubtFence === 0 && row.leaseUntil <= now - retentionMs ? "delete" : "keep";
    case "failed":
      return (row.settledAt ?? row.createdAt) <= now - retentionMs ? "delete" : "keep";
    case "succeeded":
      if (row.prunedAt !== undefined) return row.prunedAt <= now - tombstoneMs ? "delete" : "keep";
      return (row.settledAt ?? row.createdAt) <= now - retentionMs ? "tombstone" : "keep";
    default:
      return row.state satisfies never;
  }
}
