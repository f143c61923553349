import type { Overview } from "../data.ts";
import { count, howLong, usd } from "./format.ts";
import { useNow } from "./hooks.ts";
import type { Known } from "./store.ts";
import { Badge, Foreign, Moment } from "./words.tsx";

/** Which ledger this is, and whether what stands below is as of now. */
export const Header = ({ known: { connection, overview } }: { known: Known }) => (
  <header>
    <a class="skip" href="#main" onClick={skip}>
      Skip to the calls
    </a>
    <div class="title">
      <h1>hardcall</h1>
      {connection.state === "live" && overview !== undefined && overview.ledger.problem === undefined ? (
        <Badge tone="good">live</Badge>
      ) : (
        <Badge tone={connection.state === "connecting" ? "plain" : "doubt"}>
          {connection.state === "connecting" ? "connecting" : "not live"}
        </Badge>
      )}
      {overview !== undefined && (
        <span class="quiet ledger">
          <Foreign text={overview.ledger.name} />
        </span>
      )}
    </div>
    <Trouble known={{ connection, overview }} />
  </header>
);

/** The hash is the route, so a link to a place on the page would leave it. */
function skip(event: Event): void {
  event.preventDefault();
  const main = document.getElementById("main");
  main?.querySelector<HTMLElement>("h2")?.focus();
  main?.scrollIntoView();
}

function Trouble({ known: { connection, overview } }: { known: Pick<Known, "connection" | "overview"> }) {
  const now = useNow();
  if (connection.state === "no_session") return <p class="banner">{connection.message}</p>;
  if (connection.state === "lost")
    return (
      <p class="banner">
        The connection to the dashboard's server is lost since{" "}
        <Moment at={connection.since} now={Date.now()} />.{" "}
        {overview === undefined ? "" : "This page shows what was known then. "}It tries again every 2 s.
      </p>
    );
  const problem = overview?.ledger.problem;
  if (problem === undefined) return null;
  return (
    <p class="banner">
      The ledger cannot be read, for {howLong(now - problem.since)}: <Foreign text={problem.message} /> This
      page shows what was known before.
    </p>
  );
}

/** The figures that say whether something needs a person, each a way to where it is. */
export function Tiles({ overview }: { overview: Overview }) {
  const { counts, inDoubtCount, runningCount, running, sentinels } = overview;
  const resources = overview.resources;
  const open = resources.filter(({ breaker }) => breaker.state !== "closed").length;
  const alarms = sentinels.filter(({ alarm }) => alarm).length;
  const waiting = running.filter(({ state }) => state === "waiting").length;
  return (
    <nav aria-label="Overview">
      <ul class="tiles">
        <Tile
          to="in-doubt"
          value={count(inDoubtCount)}
          label="in doubt"
          tone={inDoubtCount > 0 ? "doubt" : "plain"}
        />
        <Tile
          to="running"
          value={count(runningCount)}
          label={
            waiting > 0 ? `running, ${count(waiting)} of them ${waiting === 1 ? "waits" : "wait"}` : "running"
          }
          tone={runningCount > 0 ? "busy" : "plain"}
        />
        {resources.length > 0 && (
          <Tile
            to="resources"
            value={count(open)}
            label={open === 1 ? "breaker open" : "breakers open"}
            tone={open > 0 ? "bad" : "plain"}
          />
        )}
        {sentinels.length > 0 && (
          <Tile
            to="sentinels"
            value={count(alarms)}
            label={alarms === 1 ? "sentinel alarms" : "sentinels alarm"}
            tone={alarms > 0 ? "bad" : "plain"}
          />
        )}
        <Tile
          to="calls"
          value={count(counts.failed)}
          label="failed, 24 h"
          tone={counts.failed > 0 ? "bad" : "plain"}
        />
        <Tile to="calls" value={count(counts.succeeded)} label="succeeded, 24 h" tone="good" />
        {counts.costUsd > 0 && (
          <Tile to="calls" value={usd(counts.costUsd)} label="cost, 24 h (journal)" tone="plain" />
        )}
      </ul>
    </nav>
  );
}

const Tile = ({ to, value, label, tone }: { to: string; value: string; label: string; tone: string }) => (
  <li>
    <button
      type="button"
      class={`tile ${tone}`}
      onClick={() => {
        const section = document.getElementById(to);
        section?.scrollIntoView();
        document.getElementById(`${to}-title`)?.focus({ preventScroll: true });
      }}
    >
      <b>{value}</b> <span>{label}</span>
    </button>
  </li>
);
