import type { Overview, RunningCall } from "../data.ts";
import { howLong, plural, usd, duration } from "./format.ts";
import { useNow } from "./hooks.ts";
import { Section } from "./section.tsx";
import { Badge, Bar, CallLink, Foreign } from "./words.tsx";

/** What runs now: for how long, of how long, which attempt, and what it cost so far. */
export function Running({ overview }: { overview: Overview }) {
  const now = useNow();
  const { running, runningCount } = overview;
  return (
    <Section
      id="running"
      title="Running now"
      note={runningCount > 0 ? plural(runningCount, "call") : undefined}
    >
      {running.length === 0 ? (
        <p class="quiet empty">Nothing runs.</p>
      ) : (
        <ul class="rows">
          {running.map((call) => (
            <Row key={call.callId} call={call} now={now} />
          ))}
        </ul>
      )}
      {runningCount > running.length && (
        <p class="quiet">{plural(runningCount - running.length, "more call")} that began later.</p>
      )}
    </Section>
  );
}

const STATES = {
  running: { tone: "busy", text: "running" },
  waiting: { tone: "plain", text: "waiting" },
  lost: { tone: "doubt", text: "lost" },
} as const;

function Row({ call, now }: { call: RunningCall; now: number }) {
  const { callId, name, key, resource, state, startedAt, limitMs, attempt, costUsd, requestedBy, host, pid } =
    call;
  const { tone, text } = STATES[state] ?? STATES.running;
  const forMs = Math.max(0, now - startedAt);
  const isLate = limitMs !== undefined && forMs > limitMs;
  return (
    <li class="row">
      <div class="who">
        <h3>
          <CallLink callId={callId} name={name} />
        </h3>
        {key !== undefined && (
          <span class="key quiet">
            <Foreign text={key} />
          </span>
        )}
      </div>
      <div class="state">
        <Badge tone={tone}>{text}</Badge>
      </div>
      <div class="time">
        <span>
          <b>{howLong(forMs)}</b>
          {limitMs !== undefined && ` of ${duration(limitMs)}`}
        </span>
        {limitMs !== undefined && <Bar value={forMs} of={limitMs} tone={isLate ? "bad" : "busy"} />}
      </div>
      <div class="more quiet">
        {state === "lost" && <span>its process has ended without a result</span>}
        {attempt > 0 && <span>attempt {attempt}</span>}
        {costUsd !== undefined && <span>{usd(costUsd)} so far</span>}
        {resource !== undefined && (
          <span>
            {state === "waiting" ? "waits for a place of" : "resource"} <Foreign text={resource} />
          </span>
        )}
        {requestedBy !== undefined && (
          <span>
            by <Foreign text={requestedBy} />
          </span>
        )}
        <span>
          process {pid} on <Foreign text={host} />
        </span>
      </div>
    </li>
  );
}
