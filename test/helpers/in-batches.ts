/** Starts so many, ten at a time: the time limit of each start is made for a machine that does not start fifty at once. */
export async function inBatches<T>(count: number, begin: () => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  while (all.length < count) {
    const size = Math.min(10, count - all.length);
    all.push(...(await Promise.all(Array.from({ length: size }, begin))));
  }
  return all;
}
