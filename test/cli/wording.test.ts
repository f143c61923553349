import { expect, test } from "vitest";
import { CLAUDE } from "../../src/cli/interface/claude.ts";
import type { Command } from "../../src/cli/interface/command.ts";
import { DEDUPE_CHECK } from "../../src/cli/interface/dedupe.ts";
import { RUN } from "../../src/cli/interface/run.ts";
import { OPTION_WORDS } from "../../src/cli/wording.ts";

const commands: readonly Command[] = [RUN, CLAUDE, DEDUPE_CHECK];
const known = commands
  .flatMap(({ groups }) => groups)
  .flatMap(({ options }) => Object.keys(options).map((name) => `--${name}`));

test.each(Object.entries(OPTION_WORDS))(
  "%s is called %s on the command line, which has that option",
  (_, option) => {
    expect(known).toContain(option);
  },
);
