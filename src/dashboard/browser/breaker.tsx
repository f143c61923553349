import { useState } from "preact/hooks";
import type { BreakerChange, BreakerView, ResourceView } from "../../resources/view.ts";
import { howLong, plural } from "./format.ts";
import { OperatorForm } from "./operator-form.tsx";
import { focusTitle } from "./section.tsx";
import { CallLink, Foreign, Moment, spoken } from "./words.tsx";

/** Why the breaker is as it is, what changed it before, and the forms that open and close it. */
export function Breaker({ resource, now }: { resource: ResourceView; now: number }) {
  const { name, breaker, history, limits } = resource;
  const [form, setForm] = useState<"open" | "close" | undefined>();
  const isClosed = breaker.state === "closed";
  const end = () => {
    setForm(undefined);
    focusTitle("resources");
  };
  return (
    <div class="breaker">
      {!isClosed && <Reason breaker={breaker} now={now} />}
      {isClosed && breaker.failuresInRow > 0 && limits.breaker !== undefined && (
        <p class="facts">
          {plural(breaker.failuresInRow, "failure")} in a row; {limits.breaker.failures} open the breaker.
        </p>
      )}
      <div class="buttons">
        {!isClosed && (
          <button
            type="button"
            aria-expanded={form === "close"}
            aria-label={`Close the breaker of ${name}`}
            onClick={() => setForm("close")}
          >
            Close the breaker…
          </button>
        )}
        <button
          type="button"
          aria-expanded={form === "open"}
          aria-label={`Open the breaker of ${name}`}
          onClick={() => setForm("open")}
        >
          {isClosed ? "Open the breaker…" : "Keep it open…"}
        </button>
      </div>
      {form === "close" && (
        <OperatorForm
          label={`Close the breaker of ${name}`}
          path={`api/resources/${encodeURIComponent(name)}/close`}
          submit="Close the breaker"
          example="the key was renewed"
          body={() => ({})}
          obsolete={isClosed ? "The breaker is closed already." : undefined}
          done={end}
          cancel={end}
        >
          <p>Calls of this resource start again at once.</p>
        </OperatorForm>
      )}
      {form === "open" && <OpenForm name={name} end={end} />}
      {history.length > 0 && (
        <details>
          <summary>Its last changes</summary>
          <ul class="lines">
            {history.map((change) => (
              <Change key={`${change.at} ${change.to}`} change={change} now={now} />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

const SPANS: readonly (readonly [label: string, ms: number])[] = [
  ["15 minutes", 900_000],
  ["1 hour", 3_600_000],
  ["6 hours", 21_600_000],
  ["24 hours", 86_400_000],
];

const OpenForm = ({ name, end }: { name: string; end: () => void }) => (
  <OperatorForm
    label={`Open the breaker of ${name}`}
    path={`api/resources/${encodeURIComponent(name)}/open`}
    submit="Open the breaker"
    example="the provider asked us to stop"
    body={(fields) => {
      const forMs = Number(fields.get("for"));
      return forMs > 0 ? { forMs } : {};
    }}
    done={end}
    cancel={end}
  >
    <label>
      For how long
      <select name="for">
        <option value="">until someone closes it</option>
        {SPANS.map(([label, ms]) => (
          <option key={ms} value={ms}>
            {label}
          </option>
        ))}
      </select>
    </label>
    <p>No call of this resource starts meanwhile. What runs already goes on.</p>
  </OperatorForm>
);

function Reason({ breaker, now }: { breaker: BreakerView; now: number }) {
  const { state, code, since, until, by, why, callId, name } = breaker;
  return (
    <p class="facts">
      {code !== undefined && (
        <span>
          because of <b>{code === "operator" ? "an operator" : spoken(code)}</b>
          {by !== undefined && (
            <>
              , <Foreign text={by} />
            </>
          )}
          {why !== undefined && (
            <>
              : <Foreign text={why} />
            </>
          )}
          {callId !== undefined && (
            <>
              {" "}
              in <CallLink callId={callId} name={name ?? callId} />
            </>
          )}
        </span>
      )}
      {since !== undefined && (
        <span>
          since <Moment at={since} now={now} />, for {howLong(now - since)}
        </span>
      )}
      {state === "half_open" && <span>one trial call now decides whether it closes</span>}
      {state === "open" && until !== undefined && (
        <span>
          until <Moment at={until} now={now} />
        </span>
      )}
      {state === "open" && until === undefined && <span>until an operator closes it</span>}
    </p>
  );
}

const BECAUSE: Readonly<Record<string, string>> = {
  operator: "an operator",
  trial: "a trial call that succeeded",
  end: "its time was over",
};

const Change = ({ change, now }: { change: BreakerChange; now: number }) => (
  <li>
    <Moment at={change.at} now={now} /> {change.to === "open" ? "opened" : "closed"}:{" "}
    {BECAUSE[change.because] ?? spoken(change.because)}
    {change.by !== undefined && (
      <>
        , <Foreign text={change.by} />
      </>
    )}
    {change.why !== undefined && (
      <>
        : <Foreign text={change.why} />
      </>
    )}
    {change.callId !== undefined && (
      <>
        , <CallLink callId={change.callId} name={change.name ?? change.callId} />
      </>
    )}
  </li>
);
