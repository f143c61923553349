import { formatDuration } from "../core/duration.ts";
import type { AttemptRecord } from "../core/result.ts";
import { stateOf, type JournalState } from "../journal/state.ts";
import type { JournalRecord } from "../ledger/journal/entry.ts";
import type { LedgerStore } from "../ledger/store/store.ts";
import { REFUSALS } from "./ledger-calls.ts";
import { stderrLines } from "./ledger-show.ts";
import { visible } from "./terminal/visible.ts";

/** A call of the journal, for `--json`. `journal` tells it from a call that the ledger guards by its key. */
export function journalJson(record: JournalRecord, state: JournalState): object {
  const { attempt, attempts, evidence, waiting: _, ownerAlive: _alive, ...facts } = record;
  return {
    journal: true,
    state,
    ...facts,
    attempts: attempt,
    ...(attempts !== undefined && { history: JSON.parse(attempts) as unknown }),
    ...(evidence !== undefined && { evidence: JSON.parse(evidence) as unknown }),
  };
}

/** A call of the journal, by its id. */
export async function findJournalled(
  store: LedgerStore,
  { callId, name }: { readonly callId: string; readonly name: string | undefined },
): Promise<{ readonly record: JournalRecord; readonly state: JournalState } | undefined> {
  const [record] = await store.journal({ callId, name, limit: 1 });
  if (record === undefined) return undefined;
  return { record, state: stateOf(record, (await store.moment()).now.at) };
}

/** Everything the journal knows of one call, for a person. */
export function describeJournalled(record: JournalRecord, state: JournalState): string {
  const { name, key, callee, resource, effect, callId, owner, startedAt, limitMs, requestedBy } = record;
  const { durationMs, code, costUsd, attempts, evidence, stderrTail } = record;
  return [
    `${name}  ${key === undefined ? "(no key)" : visible(key)}`,
    ...line("state", `${state}${code === undefined ? "" : ` (${code})`}, in the journal`),
    ...line("callee", callee),
    ...line("resource", resource),
    ...line("see", seeResource(record)),
    ...line("effect", effect),
    ...line("call", callId),
    ...line("asked by", requestedBy),
    ...line("process", `${owner.pid} on ${owner.host}`),
    ...line("started", `${new Date(startedAt).toISOString()}, with ${formatDuration(limitMs)} at most`),
    ...line("ended", durationMs === undefined ? undefined : `after ${formatDuration(durationMs)}`),
    ...line("cost", costUsd === undefined ? undefined : `$${costUsd.toFixed(4)}`),
    ...line("evidence", evidence),
    ...(attempts === undefined ? [] : (JSON.parse(attempts) as AttemptRecord[]).flatMap(describeAttempt)),
    ...stderrLines(stderrTail, "  "),
  ].join("\n");
}

/** Where an operator learns why a limit refused the call. */
const seeResource = ({ code, resource }: JournalRecord): string | undefined =>
  resource !== undefined && code !== undefined && REFUSALS.includes(code)
    ? `hardcall resource show ${resource}`
    : undefined;

const line = (label: string, text: string | undefined): string[] =>
  text === undefined ? [] : [`  ${label.padEnd(9)}${visible(text)}`];

function describeAttempt(record: AttemptRecord): string[] {
  const { attempt, startedAt, durationMs, code, effect, exitCode, signal, stdoutBytes, stdoutSha256 } =
    record;
  const ended = `${code ?? "succeeded"}, effect ${effect}, after ${formatDuration(durationMs)}`;
  return [
    `  attempt ${attempt}: ${startedAt}  ${visible(ended)}`,
    ...(exitCode === undefined ? [] : [`    exit code ${exitCode}`]),
    ...(signal === undefined ? [] : [`    signal ${visible(signal)}`]),
    ...(exitCode === undefined && stdoutBytes === 0
      ? []
      : [`    stdout ${stdoutBytes} bytes, sha256 ${stdoutSha256}`]),
  ];
}
