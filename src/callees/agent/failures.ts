import { blankFailure } from "../../core/blank.ts";
import type { Effect } from "../../core/vocabulary.ts";
import type { Failure } from "../../core/callee.ts";
import { optionName } from "../../core/wording.ts";
import type { EndedProcess } from "../subprocess/failure.ts";

/** What the lines of a run say of a run without a final event. */
export interface UnfinishedLines {
  readonly events: number;
  readonly noise: number;
  readonly cutOff: boolean;
}

/** More output than is kept: the final event may be among what was dropped. */
export function tooLarge({ stdout }: Pick<EndedProcess, "stdout">, maxOutput: number): Failure | undefined {
  if (stdout.bytes <= maxOutput) return undefined;
  const message = `printed ${stdout.bytes} bytes on stdout, more than ${optionName("maxOutput")} (${maxOutput})`;
  return { code: "output_too_large", message, effect: "completed" };
}

/**
 * The failure of a run that exited with code 0 and without its final event.
 *
 * @param usedTools the run may have had an effect that it did not come to tell
 * @param final what the event is called: "a result"
 */
export function noResult(
  { stdout }: Pick<EndedProcess, "stdout">,
  { events, noise, cutOff }: UnfinishedLines,
  { usedTools, final }: { readonly usedTools: boolean; readonly final: string },
): Failure {
  if (stdout.bytes === 0 || (events === 0 && noise === 0)) return blankFailure("") as Failure;
  const effect: Effect = usedTools ? "unknown" : "completed";
  if (cutOff) {
    const message = `stopped printing in the middle of an event, after ${stdout.bytes} bytes`;
    return { code: "truncated_output", message, effect };
  }
  return {
    code: "no_result",
    message: `exited with code 0 after ${events} events, none of them ${final}`,
    effect,
  };
}

/** The failure of a run in which tool calls were denied. */
export function denied(count: number): Failure {
  const calls = count === 1 ? "once; the denied tool call" : `${count} times; the denied tool calls`;
  const message = `was denied permission ${calls} did not run`;
  return { code: "permission_denied", message, effect: "completed" };
}
