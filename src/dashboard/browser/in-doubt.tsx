import { useState } from "preact/hooks";
import type { DoubtfulCall, Overview } from "../data.ts";
import { howLong, plural } from "./format.ts";
import { useNow } from "./hooks.ts";
import { ResolveForm } from "./resolve-form.tsx";
import { focusTitle, Section } from "./section.tsx";
import { CallLink, Foreign, Moment, spoken } from "./words.tsx";

const ID = "in-doubt";

/** Calls that an operator has to look at, and the form for what the operator found. */
export function InDoubt({ overview }: { overview: Overview }) {
  const now = useNow();
  /** Calls with an open form, as they were when it was opened: a call that is resolved elsewhere must not take what is typed with it. */
  const [open, setOpen] = useState<ReadonlyMap<string, DoubtfulCall>>(new Map());
  const { inDoubt, inDoubtCount } = overview;
  const listed = new Set(inDoubt.map(({ callId }) => callId));
  const gone = [...open.values()].filter(({ callId }) => !listed.has(callId));
  const toggle = (call: DoubtfulCall, isOpen: boolean) =>
    setOpen((before) => {
      const after = new Map(before);
      if (isOpen) after.set(call.callId, call);
      else after.delete(call.callId);
      return after;
    });
  const rows = [...inDoubt, ...gone];
  return (
    <Section
      id={ID}
      title="In doubt"
      note={
        rows.length === 0
          ? undefined
          : "They may have taken effect. hardcall does not repeat them until you say whether they did."
      }
    >
      {rows.length === 0 ? (
        <p class="quiet empty">No call is in doubt.</p>
      ) : (
        <ul class="cards">
          {rows.map((call) => (
            <Doubtful
              key={call.callId}
              call={call}
              now={now}
              isOpen={open.has(call.callId)}
              isGone={!listed.has(call.callId)}
              toggle={(isOpen) => toggle(call, isOpen)}
            />
          ))}
        </ul>
      )}
      {inDoubtCount > inDoubt.length && (
        <p class="quiet">
          {plural(inDoubtCount - inDoubt.length, "more call")} in doubt, younger than these.
        </p>
      )}
    </Section>
  );
}

interface DoubtfulProps {
  readonly call: DoubtfulCall;
  readonly now: number;
  readonly isOpen: boolean;
  readonly isGone: boolean;
  readonly toggle: (isOpen: boolean) => void;
}

function Doubtful({ call, now, isOpen, isGone, toggle }: DoubtfulProps) {
  const { callId, name, key, code, since, attempts, probing } = call;
  const close = () => {
    toggle(false);
    focusTitle(ID);
  };
  return (
    <li class="card doubt">
      <div class="card-head">
        <h3>
          <CallLink callId={callId} name={name} />
        </h3>
        <span class="quiet">
          {probing
            ? "its probe is asked now"
            : [code && spoken(code), plural(attempts, "attempt")].filter(Boolean).join(", ")}
        </span>
        <button
          type="button"
          class="end"
          aria-expanded={isOpen}
          onClick={() => toggle(!isOpen)}
          aria-label={`Resolve ${name} ${key}`}
        >
          Resolve…
        </button>
      </div>
      <p class="facts">
        <span class="key">
          <Foreign text={key} />
        </span>
        <span>
          in doubt for <b>{howLong(now - since)}</b>, since <Moment at={since} now={now} />
        </span>
      </p>
      {isOpen && (
        <ResolveForm
          call={call}
          obsolete={isGone ? "This call is not in doubt any more. It was resolved elsewhere." : undefined}
          done={close}
          cancel={close}
        />
      )}
    </li>
  );
}
