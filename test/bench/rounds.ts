import { shuffled, spreadOf, type Spread } from "./stats.ts";

/** What takes part in a comparison: `run` makes so many calls, so many at once, and says how many milliseconds each took. */
export interface Contestant {
  readonly name: string;
  readonly run: (calls: number, atOnce: number) => Promise<number>;
}

/** Milliseconds per call of each round. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/** Rounds in which all take part, in random order: within a round the machine is as busy with other things for the one as for the other. */
export async function compare(
  contestants: readonly Contestant[],
  { rounds, calls, atOnce }: { readonly rounds: number; readonly calls: number; readonly atOnce: number },
): Promise<Rounds> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of shuffled(contestants)) times.get(name)?.push(await run(calls, atOnce));
  }
  return times;
}

/** The ratios of the rounds to those of another contestant. */
export function ratiosOf(times: Rounds, name: string, base: string): Spread {
  const bases = times.get(base) ?? [];
  return spreadOf((times.get(name) ?? []).map((time, round) => time / (bases[round] as number)));
}

/** Makes `calls` calls, of which `atOnce` run at any time, and says how many milliseconds each took. */
export async function timePerCall(
  calls: number,
  atOnce: number,
  call: () => Promise<unknown>,
): Promise<number> {
  let left = calls;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await call();
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (performance.now() - start) / calls;
}
