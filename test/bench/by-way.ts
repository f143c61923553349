import { startHost, WAYS, type CallsHost, type Way } from "./calls-hosts.ts";
import type { Column, Row } from "./part.ts";
import { spreadOf } from "./stats.ts";

/** The figures of each kind that each way of starting a command gave. */
export type ByWay<Kind extends string> = ReadonlyMap<Way, Readonly<Record<Kind, number[]>>>;

export const noFigures = <Kind extends string>(ways: readonly Way[], kinds: readonly Kind[]): ByWay<Kind> =>
  new Map(ways.map((way) => [way, Object.fromEntries(kinds.map((kind) => [kind, []])) as never]));

/** Starts a host for each way, and ends all of them after the use. @param mib of memory that each host fills */
export async function withHosts<T>(
  ways: readonly Way[],
  mib: number,
  use: (hosts: readonly CallsHost[]) => Promise<T>,
): Promise<T> {
  const hosts: CallsHost[] = [];
  try {
    for (const way of ways) hosts.push(await startHost(way, mib));
    return await use(hosts);
  } finally {
    for (const { end } of hosts) end();
  }
}

const spread = <Kind extends string>(found: ByWay<Kind> | undefined, way: Way, kind: Kind) =>
  spreadOf(found?.get(way)?.[kind] ?? []);

/** NaN for what was not measured. */
export const medianOf = <Kind extends string>(found: ByWay<Kind> | undefined, way: Way, kind: Kind): number =>
  spread(found, way, kind).median;

/** A column for each way, after the one with the names of the rows. */
export const columnsOf = (names: Column, ways: readonly Way[], unit: string): readonly Column[] => [
  names,
  ...ways.map((way) => ({ id: way, head: `${WAYS[way].head}, ${unit}` })),
];

export const rowsOf = <Kind extends string>(
  found: ReadonlyMap<string, ByWay<Kind>>,
  ways: readonly Way[],
  kind: Kind,
): Row[] =>
  [...found].map(([name, measured]) => ({ name, cells: ways.map((way) => spread(measured, way, kind)) }));
