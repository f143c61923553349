import type { Overview } from "../data.ts";
import type { PlaceView, ResourceView } from "../../resources/view.ts";
import { Breaker } from "./breaker.tsx";
import { count, howLong, plural, usd } from "./format.ts";
import { useNow } from "./hooks.ts";
import { Section } from "./section.tsx";
import { Badge, Bar, CallLink, Foreign, Moment } from "./words.tsx";

/** Limits that all calls share: places, the line, starts, money, and the breaker. */
export function Resources({ overview }: { overview: Overview }) {
  const now = useNow();
  const { resources, unreadableResources } = overview;
  if (resources.length + unreadableResources.length === 0) return null;
  return (
    <Section id="resources" title="Resources">
      <ul class="cards wide">
        {resources.map((resource) => (
          <Resource key={resource.name} resource={resource} now={now} />
        ))}
        {unreadableResources.map(({ name, message }) => (
          <li key={name} class="card alarm">
            <h3>
              <Foreign text={name} />
            </h3>
            <p class="facts">
              <Foreign text={message} />
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const BREAKERS = {
  closed: { tone: "good", text: "breaker closed" },
  open: { tone: "bad", text: "breaker open" },
  half_open: { tone: "doubt", text: "breaker half open" },
} as const;

function Resource({ resource, now }: { resource: ResourceView; now: number }) {
  const { name, limits, declared, breaker } = resource;
  const { tone, text } = BREAKERS[breaker.state];
  return (
    <li class={breaker.state === "closed" ? "card" : "card alarm"}>
      <div class="card-head">
        <h3>
          <Foreign text={name} />
        </h3>
        {(limits.breaker !== undefined || breaker.state !== "closed") && <Badge tone={tone}>{text}</Badge>}
      </div>
      <div class="gauges">
        <Places resource={resource} now={now} />
        <Rate resource={resource} now={now} />
        <Budget resource={resource} now={now} />
      </div>
      {declared.length > 1 && (
        <p class="facts quiet">
          Processes declare {declared.length} different sets of limits. The lowest of each limit holds.
        </p>
      )}
      <Breaker resource={resource} now={now} />
    </li>
  );
}

interface Part {
  readonly resource: ResourceView;
  readonly now: number;
}

function Places({ resource: { limits, places, waiting }, now }: Part) {
  const { concurrency } = limits;
  return (
    <div class="gauge">
      <p>
        <b>{count(places.length)}</b>
        {concurrency === undefined ? " running" : ` of ${plural(concurrency, "place")}`}
        {waiting.count > 0 && (
          <>
            , <b>{count(waiting.count)}</b> {waiting.count === 1 ? "waits" : "wait"}
            {waiting.oldestAt !== undefined && `, the first for ${howLong(now - waiting.oldestAt)}`}
          </>
        )}
      </p>
      {concurrency !== undefined && (
        <Bar value={places.length} of={concurrency} tone={waiting.count > 0 ? "doubt" : "busy"} />
      )}
      {places.length > 0 && (
        <details>
          <summary>Who holds a place</summary>
          <ul class="lines">
            {places.map((place) => (
              <Place key={place.ticket} place={place} now={now} />
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

const Place = ({ place, now }: { place: PlaceView; now: number }) => (
  <li>
    <CallLink callId={place.callId} name={place.name} />{" "}
    {place.assigned ? "gets it next" : `for ${howLong(now - place.since)}`}, attempt {place.attempt}
    {place.reservedUsd > 0 && `, ${usd(place.reservedUsd)} reserved`}, process {place.pid} on{" "}
    <Foreign text={place.host} />
    {place.trial && (
      <>
        {" "}
        <Badge tone="doubt">trial</Badge>
      </>
    )}
  </li>
);

/** `1 h` or `day (Europe/Berlin)`, as the end of a sentence. */
const windowOf = (per: string) => (per.startsWith("day") ? `this ${per}` : `in ${per}`);

function Rate({ resource: { rate }, now }: Part) {
  if (rate === undefined) return null;
  const { used, of, per, roomAt } = rate;
  return (
    <div class="gauge">
      <p>
        <b>{count(used)}</b> of {plural(of, "start")} {windowOf(per)}
        <Room at={roomAt} now={now} />
      </p>
      <Bar value={used} of={of} tone={used >= of ? "bad" : "busy"} />
    </div>
  );
}

function Budget({ resource: { budget }, now }: Part) {
  if (budget === undefined) return null;
  const { spentUsd, reservedUsd, unknownUsd, unknownCalls, of, per, roomAt } = budget;
  const notes = [
    reservedUsd > 0 && `${usd(reservedUsd)} more reserved for running attempts`,
    unknownCalls > 0 &&
      `${usd(unknownUsd)} of the spent amount stands for ${plural(unknownCalls, "attempt")} of unknown cost`,
  ].filter((note) => note !== false);
  return (
    <div class="gauge">
      <p>
        <b>{usd(spentUsd)}</b> of {usd(of)} {windowOf(per)}
        <Room at={roomAt} now={now} />
      </p>
      <Bar value={spentUsd + reservedUsd} of={of} tone={spentUsd + reservedUsd >= of ? "bad" : "busy"} />
      {notes.length > 0 && <p class="quiet">{notes.join("; ")}</p>}
    </div>
  );
}

const Room = ({ at, now }: { at: number | undefined; now: number }) =>
  at === undefined || at <= now ? null : (
    <>
      , room again at <Moment at={at} now={now} />
    </>
  );
