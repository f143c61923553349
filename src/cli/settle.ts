import type { EffectiveLimits } from "../call/effective-limits.ts";
import { speakAs } from "../core/wording.ts";
import { tellTroubleBy } from "../journal/trouble.ts";
import { END_SIGNALS } from "../process/end-signals.ts";
import { isEcho, type Received } from "../process/host-signals.ts";
import { describeOutcome, type Settled } from "../core/settled.ts";
import { EXIT, exitCodeOf, exitCodeOfSignal } from "./interface/exit-code.ts";
import type { Given } from "./interface/parse.ts";
import { leaveAtOnce } from "./leave.ts";
import { exitCodeAfter, print } from "./print.ts";
import { UsageError } from "./interface/usage-error.ts";
import type { CallView } from "./terminal/call-view.ts";
import { commandLineWording } from "./wording.ts";
import { clear, placeOf, writeTo, type Place } from "./write-file.ts";

/**
 * Runs a call for the command line: how far it is on a terminal, then its output on stdout if the contract held, or one
 * line on stderr.
 *
 * @param output what goes to stdout after a success
 */
export async function settleCall<Value>(of: {
  readonly name: string;
  /** Whether the options are those of `hardcall run`. */
  readonly isRun?: boolean;
  readonly view: CallView;
  readonly limits: EffectiveLimits;
  readonly run: () => Promise<Settled<Value>>;
  readonly output: (settled: Settled<Value>) => string | Uint8Array;
  readonly place: Place | undefined;
}): Promise<number> {
  const { place, view } = of;
  const { time, retry } = of.limits;
  // The call ends its processes at a signal; that we live to tell of it is what these are for.
  const stayOnce = stayingOnce(() => view.stopping());
  for (const signal of END_SIGNALS) process.on(signal, stayOnce);
  speakAs(commandLineWording(view.mode, of.isRun));
  tellTroubleBy((message) => process.stderr.write(`hardcall: ${message}\n`));
  view.start({ totalMs: time.totalMs, attempts: retry.attempts });
  const settled = await of.run();
  await view.finish();
  // The call is over. A reader that does not read must not keep a signal from ending us.
  for (const signal of END_SIGNALS) process.off(signal, stayOnce);
  const unwritten = place === undefined ? undefined : writeOutcome(place, settled);
  if (unwritten !== undefined) await view.say(unwritten);
  if (settled.outcome === "failed" || settled.outcome === "in_doubt" || settled.outcome === "in_progress") {
    await view.fail(settled.message, settled.stderrTail);
    return exitCodeOf(settled);
  }
  const output = of.output(settled);
  const replay = settled.replay;
  if (replay !== undefined) {
    const kept =
      output.length > 0 || replay.valueKept === "value"
        ? ""
        : `; its output is not kept (${replay.valueKept})`;
    await view.say(`${of.name} ${settled.outcome} from call ${replay.callId}${kept}`);
  }
  void print(output);
  const again =
    settled.key === undefined
      ? ""
      : " Run it again with the same key to have its output, if the ledger kept it.";
  return exitCodeAfter(EXIT.ok, `The call itself succeeded; do not use what was written.${again}`);
}

/** A second signal does not wait; the guardian ends what is left. */
function stayingOnce(onFirst: () => void): (signal: NodeJS.Signals) => void {
  let told: Received | undefined;
  return (signal) => {
    const received = { signal, at: performance.now() };
    if (isEcho(told, received)) return;
    if (told !== undefined) leaveAtOnce(exitCodeOfSignal(signal));
    told = received;
    onFirst();
  };
}

/**
 * Where the outcome goes. Found out before all else: after the call there would be an outcome and no place for it, and of a call
 * that is refused there is none, so the outcome of an earlier call must not pass for its own.
 *
 * @throws UsageError
 */
export function outcomePlace(file: Given[string]): Place | undefined {
  if (typeof file !== "string") return undefined;
  if (file.trim() === "") throw new UsageError("--outcome-file is blank; leave it out, or name a file");
  try {
    const place = placeOf(file);
    clear(place);
    return place;
  } catch (error) {
    throw new UsageError(`--outcome-file cannot be written: ${(error as Error).message}`);
  }
}

/** @returns why it could not be written */
function writeOutcome(place: Place, settled: Settled<unknown>): string | undefined {
  try {
    writeTo(place, `${JSON.stringify(describeOutcome(settled), null, 2)}\n`);
    return undefined;
  } catch (error) {
    return `the outcome file could not be written: ${(error as Error).message}`;
  }
}
