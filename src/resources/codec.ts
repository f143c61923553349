import { unavailable } from "../database/errors.ts";
import { positional } from "../database/sql.ts";
import { deleteDocument } from "../ledger/resources/sql.ts";
import {
  type TakenPlace,
  NEW_DOCUMENT,
  type ResourceRecord,
  type SeenOwner,
  type WaitingHead,
} from "./document.ts";
import { isWhole } from "./shape.ts";
import { packSteps, unpackSteps } from "./steps.ts";
import type { Reserved, ResourceMoment } from "./types.ts";

/** The form of a document. A later hardcall that changes it must go on to read this one. */
const FORM = 1;

/** An owner is named by its index, and its machine by another: they are long and repeat. */
type Machine = readonly [host: string, bootId: string, pidSpace: string];
type PackedOwner = readonly [machine: number, pid: number, pidStart: string, id: string, seen: number];
type PackedPlace = readonly [
  owner: number | string,
  ticket: string,
  callId: string,
  name: string,
  attempt: number,
  since: number,
  chain: number,
  reserved: number,
  basis: Reserved["basis"],
  flags: number,
];
type PackedHead = readonly [
  ticket: string,
  callId: string,
  name: string,
  attempt: number,
  arrived: number,
  reserve: number | null,
];
type PackedLine = readonly [owner: number, count: number, heads: readonly PackedHead[]];

interface Packed extends Pick<ResourceRecord, "clock" | "limits" | "costs" | "days" | "breaker"> {
  readonly v: number;
  readonly machines: readonly Machine[];
  readonly owners: readonly PackedOwner[];
  readonly places: readonly PackedPlace[];
  readonly lost: readonly PackedPlace[];
  readonly lines: readonly PackedLine[];
  readonly starts: readonly number[];
  readonly spent: readonly number[];
  readonly unknown: readonly number[];
  readonly unknownCalls: readonly number[];
}

const TRIAL = 1;
const ASSIGNED = 2;
const COUNTED = 4;

/** The documents of some resources, so that a process does not read again what it wrote. They are never changed in place. */
const recent: { readonly text: string; readonly document: ResourceRecord }[] = [];
const MOST_RECENT = 4;

export function encode(document: ResourceRecord): string {
  const text = JSON.stringify(pack(document));
  remember(text, document);
  return text;
}

function remember(text: string, document: ResourceRecord): void {
  recent.unshift({ text, document });
  recent.length = Math.min(recent.length, MOST_RECENT);
}

/**
 * @param removal what deletes the record of a resource, for the message
 * @throws LedgerError `ledger_unavailable` when the text is none of ours, or of a later hardcall
 */
export function decode(
  name: string,
  text: string | undefined,
  removal?: ResourceMoment["removal"],
): ResourceRecord {
  if (text === undefined) return NEW_DOCUMENT;
  const known = recent.find((one) => one.text === text);
  if (known !== undefined) return known.document;
  const document = read(name, text, removal);
  remember(text, document);
  return document;
}

function read(name: string, text: string, removal: ResourceMoment["removal"]): ResourceRecord {
  let form: unknown;
  try {
    const packed = JSON.parse(text) as Packed;
    form = packed.v;
    if (form === FORM && isWhole(packed)) return unpack(packed);
  } catch {
    // No JSON, or `null`: the row is not as hardcall wrote it.
  }
  const record = `The ledger's record of the resource "${name}"`;
  if (typeof form === "number" && form > FORM) {
    throw unavailable(
      "newer_schema",
      `${record} was written by a later hardcall (form ${form}; this one reads ${FORM}). Use that version in every process.`,
    );
  }
  throw unavailable(
    "corrupt",
    `${record} is damaged. Delete it, and its limits begin anew: ${removal?.(name) ?? deleteDocument(positional, name)}`,
  );
}

function pack({ owners, places, lost, lines, ...rest }: ResourceRecord): Packed {
  const ids = [...owners.keys()];
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const machines: Machine[] = [];
  const machineOf = ({ owner: { host, bootId, pidSpace } }: SeenOwner) => {
    const index = machines.findIndex(([h, b, p]) => h === host && b === bootId && p === pidSpace);
    return index === -1 ? machines.push([host, bootId, pidSpace]) - 1 : index;
  };
  const place = (held: TakenPlace): PackedPlace => [
    indexOf.get(held.owner) ?? held.owner,
    held.ticket,
    held.callId,
    held.name,
    held.attempt,
    held.since,
    held.chain,
    held.microUsd,
    held.basis,
    (held.trial ? TRIAL : 0) + (held.assigned ? ASSIGNED : 0) + (held.counted ? COUNTED : 0),
  ];
  return {
    v: FORM,
    ...rest,
    owners: [...owners.values()].map((seen) => {
      const { pid, pidStart, id } = seen.owner;
      return [machineOf(seen), pid, pidStart, id, seen.seen];
    }),
    machines,
    places: places.map(place),
    lost: lost.map(place),
    lines: lines.map(({ owner, count, heads }) => [
      indexOf.get(owner) as number,
      count,
      heads.map((head) => [
        head.ticket,
        head.callId,
        head.name,
        head.attempt,
        head.arrived,
        head.reserve ?? null,
      ]),
    ]),
    starts: packSteps(rest.starts),
    spent: packSteps(rest.spent),
    unknown: packSteps(rest.unknown),
    unknownCalls: packSteps(rest.unknownCalls),
  };
}

function unpack(packed: Packed): ResourceRecord {
  const { v: _, machines, owners, places, lost, lines, ...rest } = packed;
  const ids = owners.map(([, , , id]) => id);
  const place = ([
    of,
    ticket,
    callId,
    name,
    attempt,
    since,
    chain,
    microUsd,
    basis,
    flags,
  ]: PackedPlace): TakenPlace => {
    const owner = typeof of === "number" ? (ids[of] as string) : of;
    const trial = (flags & TRIAL) > 0;
    const assigned = (flags & ASSIGNED) > 0;
    const counted = (flags & COUNTED) > 0;
    return { owner, ticket, callId, name, attempt, since, chain, microUsd, basis, trial, assigned, counted };
  };
  return {
    ...rest,
    owners: new Map(owners.map((owner) => [owner[3], seenOwner(owner, machines)])),
    places: places.map(place),
    lost: lost.map(place),
    lines: lines.map(([of, count, heads]) => ({
      owner: ids[of] as string,
      count,
      heads: heads.map(unpackHead),
    })),
    starts: unpackSteps(rest.starts),
    spent: unpackSteps(rest.spent),
    unknown: unpackSteps(rest.unknown),
    unknownCalls: unpackSteps(rest.unknownCalls),
  };
}

function unpackHead([ticket, callId, name, attempt, arrived, reserve]: PackedHead): WaitingHead {
  return { ticket, callId, name, attempt, arrived, reserve: reserve ?? undefined };
}

function seenOwner([machine, pid, pidStart, id, seen]: PackedOwner, machines: readonly Machine[]): SeenOwner {
  const [host, bootId, pidSpace] = machines[machine] as Machine;
  return { owner: { host, bootId, pidSpace, pid, pidStart, id }, seen };
}
