import { useMemo } from "preact/hooks";
import type { CallRow, CallsPage } from "../data.ts";
import { useCallList } from "./call-list.ts";
import type { Filter } from "./call-pages.ts";
import { duration, plural, usd } from "./format.ts";
import { routeWith } from "./hooks.ts";
import { Section } from "./section.tsx";
import { CallLink, Foreign, Moment, Outcome, OUTCOME_NAMES, spoken } from "./words.tsx";

/** The server names so many at most; with more of them a name is typed. */
const MOST_NAMES = 500;

const EMPTY: CallsPage = { calls: [], names: [], codes: [] };

/** The last calls, of all kinds, with filters that are part of the address. */
export function Calls({ route }: { route: URLSearchParams }) {
  const filter = {
    name: route.get("name") ?? "",
    outcome: route.get("outcome") ?? "",
    code: route.get("code") ?? "",
  };
  const { listed, problem, isLoading, loadOlder } = useCallList(filter);
  const { calls, names, codes, next } = listed ?? EMPTY;
  // Events of other parts draw this one again, too, and a list may be long.
  const today = new Date().toDateString();
  const rows = useMemo(
    () => calls.map((call) => <Row key={call.callId} call={call} now={Date.now()} />),
    [calls, today],
  );
  const isFiltered = Object.values(filter).some((value) => value !== "");
  return (
    <Section id="calls" title="Last calls">
      <Filters filter={filter} names={names} codes={codes} isFiltered={isFiltered} />
      <p class="problem" role="alert">
        {problem}
      </p>
      {calls.length === 0 && !isLoading && problem === "" && (
        <p class="quiet empty">
          {isFiltered
            ? "No call fits these filters."
            : "The ledger has no calls yet. It records calls with a key, and all calls where the journal is on."}
        </p>
      )}
      {calls.length > 0 && (
        // Explicit roles: a table that is laid out as blocks on a phone loses its own.
        <table role="table" aria-busy={isLoading}>
          <caption class="hidden">Calls, the last change first</caption>
          <thead role="rowgroup">
            <tr role="row">
              {["Changed", "Call", "Outcome", "Code", "Took", "Attempts", "Cost"].map((head) => (
                <th key={head} role="columnheader" scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">{rows}</tbody>
        </table>
      )}
      {next !== undefined && (
        <button type="button" class="older" onClick={loadOlder} disabled={isLoading}>
          Show older calls
        </button>
      )}
    </Section>
  );
}

const go = (change: Partial<Filter>) => {
  location.hash = routeWith(change);
};

interface FiltersProps {
  readonly filter: Filter;
  readonly names: readonly string[];
  readonly codes: readonly string[];
  readonly isFiltered: boolean;
}

const Filters = ({ filter, names, codes, isFiltered }: FiltersProps) => (
  <form
    class="filters"
    role="search"
    aria-label="Filter the calls"
    onSubmit={(event) => event.preventDefault()}
  >
    {names.length < MOST_NAMES ? (
      <Choice label="Name" value={filter.name} values={names} choose={(name) => go({ name })} />
    ) : (
      <label>
        Name
        <input
          value={filter.name}
          placeholder="the whole name"
          onChange={({ currentTarget }) => go({ name: currentTarget.value.trim() })}
        />
      </label>
    )}
    <Choice
      label="Outcome"
      value={filter.outcome}
      values={OUTCOME_NAMES}
      choose={(outcome) => go({ outcome })}
    />
    <Choice label="Code" value={filter.code} values={codes} choose={(code) => go({ code })} />
    {isFiltered && (
      <button type="button" onClick={() => go({ name: "", outcome: "", code: "" })}>
        Show all
      </button>
    )}
  </form>
);

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly values: readonly string[];
  readonly choose: (value: string) => void;
}

const Choice = ({ label, value, values, choose }: ChoiceProps) => (
  <label>
    {label}
    <select value={value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
      <option value="">all</option>
      {(value === "" || values.includes(value) ? values : [value, ...values]).map((one) => (
        <option key={one} value={one}>
          {label === "Name" ? one : spoken(one)}
        </option>
      ))}
    </select>
  </label>
);

function Row({ call, now }: { call: CallRow; now: number }) {
  const { callId, name, key, callee, outcome, code, changedAt, durationMs, attempts, costUsd, requestedBy } =
    call;
  return (
    <tr role="row">
      <td role="cell" class="when quiet">
        <Moment at={changedAt} now={now} />
      </td>
      <td role="cell" class="who">
        <CallLink callId={callId} name={name} />
        {(key ?? callee ?? requestedBy) !== undefined && (
          <span class="key quiet">
            <Foreign text={[key ?? callee, requestedBy && `by ${requestedBy}`].filter(Boolean).join(", ")} />
          </span>
        )}
      </td>
      <td role="cell">
        <Outcome of={outcome} />
      </td>
      <td role="cell">{code === undefined ? "" : spoken(code)}</td>
      <td role="cell" class="number">
        {durationMs === undefined ? "" : duration(durationMs)}
      </td>
      <td role="cell" class="number attempts">
        {plural(attempts, "attempt")}
      </td>
      <td role="cell" class="number">
        {costUsd === undefined ? "" : usd(costUsd)}
      </td>
    </tr>
  );
}
