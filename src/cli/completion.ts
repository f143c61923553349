import { EXIT } from "./interface/exit-code.ts";
import { parse } from "./interface/parse.ts";
import { COMPLETION, SHELLS } from "./interface/tools.ts";
import { UsageError } from "./interface/usage-error.ts";
import { print } from "./print.ts";

/** `hardcall completion bash|zsh|fish` */
export async function main(argv: readonly string[]): Promise<number> {
  const { operands, values } = parse(COMPLETION, argv);
  values();
  const shell = SHELLS.find((known) => known === operands[0]);
  if (shell === undefined)
    throw new UsageError(`there is no completion for ${JSON.stringify(operands[0])}; give bash, zsh or fish`);
  void print(await scriptFor(shell));
  return EXIT.ok;
}

/** Loaded for the one shell. */
async function scriptFor(shell: (typeof SHELLS)[number]): Promise<string> {
  switch (shell) {
    case "bash":
      return (await import("./completion/bash.ts")).bash();
    case "zsh":
      return (await import("./completion/zsh.ts")).zsh();
    case "fish":
      return (await import("./completion/fish.ts")).fish();
    default:
      return shell satisfies never;
  }
}
