import { parseDuration } from "../core/duration.ts";
import { UsageError } from "./interface/usage-error.ts";

/** The duration that an option was given. @throws UsageError */
export function milliseconds(flag: string, value: string): number {
  const parsed = parseDuration(value);
  if ("ms" in parsed) return parsed.ms;
  throw new UsageError(`${flag} ${parsed.problem}`);
}
