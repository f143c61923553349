import type { Overview, PassRow, SentinelRow } from "../data.ts";
import { count, duration, howLong } from "./format.ts";
import { useNow } from "./hooks.ts";
import { Section } from "./section.tsx";
import { Badge, Foreign, Moment, type Tone } from "./words.tsx";

const TONES: Readonly<Record<SentinelRow["verdict"], Tone>> = {
  ok: "good",
  late: "doubt",
  silent: "bad",
  unknown: "plain",
  unchecked: "plain",
};

/** Whether artifacts keep appearing, and whether that is still checked at all. */
export function Sentinels({ overview }: { overview: Overview }) {
  const now = useNow();
  const { sentinels, passes } = overview;
  if (sentinels.length === 0) return null;
  const overdue = passes.filter(({ at, dueMs }) => at === undefined || now - at > dueMs);
  return (
    <Section id="sentinels" title="Sentinels">
      {overdue.map((pass) => (
        <Overdue key={pass.source} pass={pass} now={now} />
      ))}
      <ul class="rows">
        {sentinels.map((sentinel) => (
          <Sentinel key={`${sentinel.source} ${sentinel.name}`} sentinel={sentinel} now={now} />
        ))}
      </ul>
    </Section>
  );
}

const Overdue = ({ pass: { source, at }, now }: { pass: PassRow; now: number }) => (
  <p class="problem">
    The checks of <Foreign text={source} />{" "}
    {at === undefined ? "never ran to their end" : `last ran ${howLong(now - at)} ago`}. Look at the job that
    runs <code>hardcall sentinel check</code>.
  </p>
);

function Sentinel({ sentinel, now }: { sentinel: SentinelRow; now: number }) {
  const { name, call, verdict, why, alarm, since, found, min, windowMs, lastAt, checkedAt } = sentinel;
  return (
    <li class={alarm ? "row alarm" : "row"}>
      <div class="who">
        <h3>
          <Foreign text={name} />
        </h3>
        {call !== undefined && (
          <span class="quiet">
            artifacts of <Foreign text={call} />
          </span>
        )}
      </div>
      <div class="state">
        <Badge tone={TONES[verdict] ?? "plain"}>{verdict}</Badge>
      </div>
      <div class="time">
        {found === undefined ? "not counted" : `${count(found)} found`}, at least {min} due in{" "}
        {duration(windowMs)}
      </div>
      <div class="more quiet">
        <span>
          <Foreign text={why} />
        </span>
        {since !== undefined && (
          <span>
            {verdict} for {howLong(now - since)}
          </span>
        )}
        {lastAt !== undefined && (
          <span>
            the last one <Moment at={lastAt} now={now} />
          </span>
        )}
        {checkedAt !== undefined && <span>checked {howLong(now - checkedAt)} ago</span>}
      </div>
    </li>
  );
}
