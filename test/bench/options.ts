import { parseArgs } from "node:util";
import { PARTS, type PartPlace } from "./parts.ts";

export interface Options {
  readonly parts: readonly PartPlace[];
  readonly quick: boolean;
  readonly json?: string | undefined;
  readonly svg?: string | undefined;
  readonly compare?: string | undefined;
  readonly writeDocs: boolean;
}

export const HELP = `Usage: npm run bench -- [options]

  --only A,B          these parts only
  --quick             fewer rounds: shows that a part works, and roughly how large its figures are
  --json FILE         writes the figures to FILE
  --svg FOLDER        writes the charts to FOLDER
  --compare FILE      compares with the figures in FILE; exit code 1 if a ratio is worse by a quarter
  --write-docs        writes figures, tables and charts into docs/benchmarks.md, docs/benchmarks/ and docs/scale.md
  --redraw            writes these pages and charts again from docs/benchmarks/figures.json; measures nothing
  --help              shows this text

Parts of every run:    ${named(({ askedOnly }) => askedOnly === undefined)}
Only with --only:      ${named(({ askedOnly }) => askedOnly === true)}

Each part runs in a process of its own. A ratio that looks worse is measured once more, and counts when it is worse in both runs.

Exit codes: 0 measured; 1 a part failed, or a ratio is worse; 2 the command line or a file is wrong.
`;

/** @returns what was asked for, `"help"`, `"redraw"`, or what is wrong with it, as a sentence */
export function parseOptions(
  argv: readonly string[],
): Options | "help" | "redraw" | { readonly wrong: string } {
  const parsed = parsedOrWrong(argv);
  if ("wrong" in parsed) return parsed;
  const { redraw, help, ...values } = parsed.values;
  if (help === true) return "help";
  if (redraw === true && Object.keys(values).length > 0) {
    return { wrong: "--redraw measures nothing; leave the other options out" };
  }
  if (redraw === true) return "redraw";
  const { only, quick = false, json, svg, compare, "write-docs": writeDocs = false } = values;
  const empty = Object.entries({ only, json, svg, compare }).find(([, value]) => value?.trim() === "");
  if (empty !== undefined) return { wrong: `--${empty[0]} needs a value` };
  if (writeDocs && quick) return { wrong: "--write-docs writes figures of full runs; leave --quick out" };
  const names = only?.split(",").map((name) => name.trim());
  const unknown = names?.find((name) => !PARTS.some((part) => part.name === name));
  if (unknown !== undefined) {
    return { wrong: `--only: there is no part "${unknown}"; there are ${named(() => true)}` };
  }
  const parts = PARTS.filter(({ name, askedOnly }) => names?.includes(name) ?? askedOnly === undefined);
  return { parts, quick, json, svg, compare, writeDocs };
}

function parsedOrWrong(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        only: { type: "string" },
        quick: { type: "boolean" },
        json: { type: "string" },
        svg: { type: "string" },
        compare: { type: "string" },
        "write-docs": { type: "boolean" },
        redraw: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    // The first sentence names the argument; the rest is about arguments that begin with a dash.
    return { wrong: (error as Error).message.split(/\.\s/)[0] as string };
  }
}

function named(which: (part: PartPlace) => boolean): string {
  return (
    PARTS.filter(which)
      .map(({ name }) => name)
      .join(", ") || "none"
  );
}
