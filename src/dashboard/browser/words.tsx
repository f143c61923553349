import type { ComponentChildren } from "preact";
import type { CallOutcome } from "../data.ts";
import { clock, visible } from "./format.ts";
import { routeWith } from "./hooks.ts";

/** The colour of a badge. The word says the same, for eyes that do not tell red from green. */
export type Tone = "good" | "bad" | "doubt" | "busy" | "plain";

export const Badge = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
  <span class={`badge ${tone}`}>{children}</span>
);

const OUTCOMES: Readonly<Record<CallOutcome, Tone>> = {
  running: "busy",
  waiting: "busy",
  lost: "doubt",
  executed: "good",
  replayed: "good",
  recovered: "good",
  failed: "bad",
  in_doubt: "doubt",
  in_progress: "plain",
};

export const OUTCOME_NAMES = Object.keys(OUTCOMES) as CallOutcome[];

export const Outcome = ({ of }: { of: CallOutcome }) => (
  <Badge tone={OUTCOMES[of] ?? "plain"}>{spoken(of)}</Badge>
);

/** `in_doubt` as a person reads it. */
export const spoken = (word: string): string => word.replaceAll("_", " ");

/** Text from the ledger: isolated, so that its direction does not turn what stands beside it round. */
export const Foreign = ({ text }: { text: string }) => <bdi class="foreign">{visible(text)}</bdi>;

export const CallLink = ({ callId, name }: { callId: string; name: string }) => (
  <a href={routeWith({ call: callId })} data-call={callId}>
    <Foreign text={name} />
  </a>
);

/** A moment in the reader's time zone; the title has it in UTC. */
export const Moment = ({ at, now }: { at: number; now: number }) => {
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {clock(at, now)}
    </time>
  );
};

/** A bar from 0 to `of`. Its text says the figures; the bar alone is for the eye. */
export const Bar = ({ value, of, tone = "plain" }: { value: number; of: number; tone?: Tone }) => (
  <progress
    class={`bar ${tone}`}
    aria-hidden="true"
    max={1}
    value={of > 0 ? Math.min(1, Math.max(0, value / of)) : 1}
  />
);
