/**
 * The word that was probably meant: the closest by added, missing, wrong and swapped letters.
 *
 * @returns nothing when no word is close
 */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const [best] = words
    .map((word) => ({ word, distance: distanceBetween(given, word) }))
    .filter(({ word, distance }) => distance <= Math.max(1, Math.floor(word.length / 3)))
    .toSorted((one, other) => one.distance - other.distance);
  return best?.word;
}

/** Optimal string alignment distance. */
function distanceBetween(one: string, other: string): number {
  const rows = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      line.push(
        Math.min(
          at(rows[row - 1], column) + 1,
          at(line, column - 1) + 1,
          at(rows[row - 1], column - 1) + (isSame ? 0 : 1),
          isSwap ? at(rows[row - 2], column - 2) + 1 : Infinity,
        ),
      );
    }
    rows.push(line);
  }
  return at(rows[one.length], other.length);
}

const at = (row: readonly number[] | undefined, column: number) => row?.[column] ?? Infinity;
