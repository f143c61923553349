import type { Condition } from "../../condition.ts";

export const CONDITIONS: readonly Condition[] = [];
