import type { AttemptRow } from "../data.ts";
import { count, duration, howLong, usd } from "./format.ts";
import { Badge, Foreign, Moment, spoken } from "./words.tsx";

/** The attempts of a call and of earlier calls of its key, oldest first. */
export const Attempts = ({
  attempts,
  callId,
  now,
}: {
  attempts: readonly AttemptRow[];
  callId: string;
  now: number;
}) => (
  <section aria-labelledby="attempts-title">
    <h3 id="attempts-title">Attempts</h3>
    {attempts.length === 0 ? (
      <p class="quiet empty">None is recorded.</p>
    ) : (
      <ol class="rows">
        {attempts.map((attempt) => (
          <Attempt
            key={`${attempt.callId} ${attempt.attempt} ${attempt.startedAt}`}
            attempt={attempt}
            callId={callId}
            now={now}
          />
        ))}
      </ol>
    )}
  </section>
);

function Attempt({ attempt: row, callId, now }: { attempt: AttemptRow; callId: string; now: number }) {
  const { attempt, startedAt, durationMs, code, running, late, exitCode, signal, costUsd, stdoutBytes } = row;
  const tone = running ? "busy" : code === undefined ? "good" : "bad";
  const took = running
    ? `${howLong(now - startedAt)} so far`
    : durationMs === undefined
      ? ""
      : duration(durationMs);
  const text = running ? "running" : code === undefined ? "succeeded" : spoken(code);
  return (
    <li class="row">
      <div class="who">
        <b>Attempt {attempt}</b>
        <span class="quiet">
          <Moment at={startedAt} now={now} />
        </span>
      </div>
      <div class="state">
        <Badge tone={tone}>{text}</Badge>
        {late && <Badge tone="doubt">late</Badge>}
      </div>
      <div class="time">{took}</div>
      <div class="more quiet">
        {row.effect !== undefined && <span>effect {spoken(row.effect)}</span>}
        {exitCode !== undefined && <span>exit code {exitCode}</span>}
        {signal !== undefined && (
          <span>
            signal <Foreign text={signal} />
          </span>
        )}
        {costUsd !== undefined && <span>{usd(costUsd)}</span>}
        {stdoutBytes !== undefined && <span>stdout {count(stdoutBytes)} bytes</span>}
        {row.externalRef !== undefined && (
          <span>
            job <Foreign text={row.externalRef} />
          </span>
        )}
        {row.requestedBy !== undefined && (
          <span>
            by <Foreign text={row.requestedBy} />
          </span>
        )}
        {row.callId !== callId && (
          <span>
            call <Foreign text={row.callId} />
          </span>
        )}
      </div>
    </li>
  );
}
