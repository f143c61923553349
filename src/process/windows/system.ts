import type { System } from "../start/system.ts";
import { crashOf } from "./crash.ts";
import { DISK } from "./disk.ts";
import { explainOnWindows } from "./explain-start.ts";
import { planOnWindows } from "./start-plan.ts";

/** A command finds its program as cmd.exe would, and its arguments are quoted for that program. */
export const WINDOWS: System = {
  plan: (asked) => planOnWindows(asked, DISK),
  explain: explainOnWindows,
  crashOf,
};
