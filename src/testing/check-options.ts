import { readOptions, type Kinds } from "../core/options.ts";

/**
 * The options of a fake, checked: a misspelt one would leave the fake as it is by default, and the test green.
 *
 * @throws TypeError before anything starts
 */
export function checkOptions<Options extends object>(
  fake: string,
  options: Options,
  kinds: Kinds<Options>,
): Partial<Options> {
  const problems: string[] = [];
  const read = readOptions<Options>(options, kinds, problems);
  if (problems.length > 0) throw new TypeError(`${fake}(): ${problems.join("; ")}`);
  return read;
}
