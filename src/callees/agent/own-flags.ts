/** What extraArgs may not hold, because hardcall sets it or reads what it would change, each with the alternative. */
export type OwnFlags = readonly (readonly [RegExp, string])[];

/** What is wrong with further arguments, a sentence without full stop each. `spelling` is how the agent itself reads a flag. */
export function ownFlagProblems(
  extraArgs: readonly string[],
  own: OwnFlags,
  spelling: (argument: string) => string = (argument) => argument,
): string[] {
  return extraArgs.flatMap((argument) => {
    const read = spelling(argument);
    const reason = own.find(([pattern]) => pattern.test(read))?.[1];
    return reason === undefined ? [] : [`leave ${flagOf(argument)} out of extraArgs: ${reason}`];
  });
}

/** Without its value, which may be private. */
function flagOf(argument: string): string {
  const isShort = argument.startsWith("-") && !argument.startsWith("--");
  return isShort ? argument.slice(0, 2) : (argument.split("=")[0] ?? argument);
}
