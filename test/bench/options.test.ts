import { describe, expect, it } from "vitest";
import { parseOptions } from "./options.ts";
import { PARTS } from "./parts.ts";

const names = (options: ReturnType<typeof parseOptions>) =>
  typeof options === "object" && "parts" in options ? options.parts.map(({ name }) => name) : options;

describe("parseOptions", () => {
  it("without options: every part that is not asked for by name alone", () => {
    const { length } = PARTS.filter(({ askedOnly }) => askedOnly === undefined);
    expect(names(parseOptions([]))).toHaveLength(length);
    expect(names(parseOptions([]))).not.toContain("faults");
  });

  it("--only: these, in the order of the list", () => {
    expect(names(parseOptions(["--only", "faults, spawn"]))).toEqual(["spawn", "faults"]);
  });

  it.each([
    { argv: ["--only", "spawn,strange"], wrong: /^--only: there is no part "strange"; there are spawn, / },
    { argv: ["--only", ""], wrong: /^--only needs a value$/ },
    { argv: ["--json"], wrong: /--json/ },
    { argv: ["--svg="], wrong: /^--svg needs a value$/ },
    { argv: ["--strange"], wrong: /^Unknown option '--strange'/ },
    { argv: ["spawn"], wrong: /^Unexpected argument 'spawn'/ },
    { argv: ["--quick", "--write-docs"], wrong: /^--write-docs writes figures of full runs/ },
    { argv: ["--redraw", "--only", "spawn"], wrong: /^--redraw measures nothing/ },
  ])("$argv is refused", ({ argv, wrong }) => {
    expect(parseOptions(argv)).toEqual({ wrong: expect.stringMatching(wrong) });
  });

  it("all parts of a run without options together stay under 5 minutes, the build not counted", () => {
    const seconds = PARTS.filter(({ askedOnly }) => askedOnly === undefined).map((part) => part.seconds);
    expect(seconds.reduce((sum, part) => sum + part, 0)).toBeLessThanOrEqual(290);
  });

  it("every part has a name of its own", () => {
    expect(new Set(PARTS.map(({ name }) => name)).size).toBe(PARTS.length);
  });
});
