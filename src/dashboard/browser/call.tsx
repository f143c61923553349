import { useEffect, useRef, useState } from "preact/hooks";
import type { CallDetail } from "../data.ts";
import { Attempts } from "./attempts.tsx";
import { duration, howLong, usd, visibleLines } from "./format.ts";
import { routeWith, useNow } from "./hooks.ts";
import { ResolveForm } from "./resolve-form.tsx";
import { TailsOnDemand } from "./tails.tsx";
import { useCall } from "./use-call.ts";
import { Foreign, Moment, Outcome, spoken } from "./words.tsx";

/** One call: its facts, attempts, what probes and operators said, evidence, and tails on demand. */
export function Call({ callId }: { callId: string }) {
  const { detail, problem } = useCall(callId);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    scrollTo(0, 0);
    title.current?.focus();
  }, [callId]);
  return (
    <main id="main" class="call">
      <p>
        <a href={routeWith({ call: "" })}>← All calls</a>
      </p>
      <h2 ref={title} tabIndex={-1} id="call-title">
        {detail === undefined ? "Call" : <Foreign text={detail.call.name} />}
      </h2>
      <p class="problem" role="alert">
        {problem}
      </p>
      {detail === undefined && problem === "" && <p class="quiet">Reading…</p>}
      {detail !== undefined && <Detail detail={detail} callId={callId} />}
    </main>
  );
}

/** A call that was lost with its process is in doubt as soon as its key is asked for again. */
const isResolvable = ({ outcome, key }: CallDetail["call"]) =>
  outcome === "in_doubt" || (outcome === "lost" && key !== undefined);

function Detail({ detail, callId }: { detail: CallDetail; callId: string }) {
  const { call, attempts, resolutions, evidence, hasTails } = detail;
  const now = useNow();
  const [isResolving, setResolving] = useState(false);
  const end = () => {
    setResolving(false);
    document.getElementById("call-title")?.focus();
  };
  return (
    <>
      <div class="card-head">
        <Outcome of={call.outcome} />
        {call.code !== undefined && <b>{spoken(call.code)}</b>}
        {isResolvable(call) && (
          <button
            type="button"
            class="end"
            aria-expanded={isResolving}
            onClick={() => setResolving(!isResolving)}
          >
            Resolve…
          </button>
        )}
      </div>
      {isResolving && (
        <div class="card doubt">
          <ResolveForm
            call={call}
            obsolete={isResolvable(call) ? undefined : "This call is not in doubt any more."}
            done={end}
            cancel={end}
          />
        </div>
      )}
      <Facts detail={detail} now={now} />
      <Attempts attempts={attempts} callId={callId} now={now} />
      {resolutions.length > 0 && (
        <section aria-labelledby="resolutions-title">
          <h3 id="resolutions-title">Who looked, and found what</h3>
          <ul class="rows">
            {resolutions.map(({ at, answer, by, why, overrode }) => (
              <li class="row" key={`${at} ${by}`}>
                <div class="who">
                  <span>
                    <Foreign text={by} />: <b>{answer}</b>
                  </span>
                </div>
                <div class="time">
                  <Moment at={at} now={now} />
                </div>
                <div class="more">
                  <Foreign text={why} />
                  {overrode !== undefined && (
                    <span class="quiet">
                      by force; it was <Foreign text={overrode} />
                    </span>
                  )}
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      {evidence !== undefined && (
        <section aria-labelledby="evidence-title">
          <h3 id="evidence-title">Evidence</h3>
          <pre tabIndex={0}>{visibleLines(JSON.stringify(evidence, null, 2))}</pre>
        </section>
      )}
      {hasTails && <TailsOnDemand callId={callId} />}
    </>
  );
}

function Facts({ detail, now }: { detail: CallDetail; now: number }) {
  const { call, effect, effects, limitMs, host, pid, value } = detail;
  const { callId, key, callee, resource, startedAt, changedAt, durationMs, costUsd, requestedBy, outcome } =
    call;
  const isOpen = outcome === "running" || outcome === "waiting";
  const took = isOpen
    ? howLong(now - startedAt)
    : durationMs === undefined
      ? undefined
      : duration(durationMs);
  return (
    <dl class="facts-list">
      <Fact name="Key" text={key} />
      <Fact name="Call" text={callId} />
      <Fact name="Callee" text={callee} />
      <Fact name="Resource" text={resource} />
      <dt>Began</dt>
      <dd>
        <Moment at={startedAt} now={now} />
      </dd>
      {!isOpen && (
        <>
          <dt>Changed</dt>
          <dd>
            <Moment at={changedAt} now={now} />
          </dd>
        </>
      )}
      <Fact
        name={isOpen ? "Runs for" : "Took"}
        text={took && (limitMs === undefined ? took : `${took} of ${duration(limitMs)}`)}
      />
      <Fact name="Cost" text={costUsd === undefined ? undefined : usd(costUsd)} />
      <Fact name="Effect" text={effect && spoken(effect)} />
      <Fact name="Effects, as declared" text={effects} />
      <Fact
        name="Value"
        text={
          value &&
          (value.bytes === undefined ? spoken(value.kept) : `${spoken(value.kept)}, ${value.bytes} bytes`)
        }
      />
      <Fact name="Requested by" text={requestedBy} />
      <Fact name="Process" text={pid === undefined ? undefined : `${pid} on ${host ?? "an unknown host"}`} />
    </dl>
  );
}

const Fact = ({ name, text }: { name: string; text: string | undefined }) =>
  text === undefined || text === "" ? null : (
    <>
      <dt>{name}</dt>
      <dd>
        <Foreign text={text} />
      </dd>
    </>
  );
