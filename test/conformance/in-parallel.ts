/** Works through the items with so many at a time. Calls `done` with each result as soon as those before it are there. */
export async function inParallel<Item, Result>(
  jobs: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  done: (result: Result) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  let reported = 0;
  const worker = async () => {
    for (let item = items[next]; item !== undefined; item = items[next]) {
      const n = next;
      next += 1;
      results[n] = await work(item).catch((error: unknown) => {
        next = items.length; // the others stop too
        throw error;
      });
      while (reported in results) done(results[reported++]!);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return results;
}
