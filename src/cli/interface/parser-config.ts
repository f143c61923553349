import type { Options } from "./command.ts";

/** The options as `parseArgs` of Node has them. */
export const parserConfig = (options: Options) =>
  Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      {
        type: option.takes === "nothing" ? ("boolean" as const) : ("string" as const),
        multiple: "multiple" in option,
      },
    ]),
  );
