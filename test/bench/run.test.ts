import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";
import { parseFigures, type Figures } from "./figures.ts";

const bench = (...args: string[]) => run(process.execPath, [path.join(ROOT, "test/bench/main.ts"), ...args]);

// The quickest part that needs no build: the bench is run by hand, and must not rot between two times.
describe("npm run bench", () => {
  it("measures a part, prints its table, writes figures and chart, and compares them", async () => {
    const folder = tempFolder();
    const [json, former] = [path.join(folder, "now.json"), path.join(folder, "then.json")];
    const first = await bench("--only", "fake", "--quick", "--json", json, "--svg", path.join(folder, "svg"));
    expect(first.stderr).toContain("bench: fake");
    expect(first.exitCode).toBe(0);
    expect(first.stdout.toString()).toMatch(/^### The start of the fake `claude`$/m);
    expect(existsSync(path.join(folder, "svg/fake-start.svg"))).toBe(true);
    const figures = parseFigures(readFileSync(json, "utf8")) as Figures;
    expect(figures.parts[0]?.tables[0]?.rows).toHaveLength(3);

    writeFileSync(former, JSON.stringify(figures).replaceAll(/"value":[\d.]+/g, '"value":0.01'));
    const second = await bench("--only", "fake", "--quick", "--compare", former);
    expect(second.stdout.toString()).toContain("2 ratios compared, 2 worse by a quarter or more.");
    expect(second.exitCode).toBe(1);
  });

  it.each([
    { args: ["--strange"], says: "bench: Unknown option '--strange'. Nothing was measured" },
    { args: ["--compare", "/nonexistent.json"], says: "/nonexistent.json cannot be read (ENOENT)" },
    { args: ["--json", "/dev/null/now.json"], says: "--json: /dev/null cannot be written to (EEXIST)" },
    { args: ["--json", ROOT], says: "is a folder. Nothing was measured" },
    { args: ["--compare", path.join(ROOT, "README.md")], says: "README.md is no JSON" },
    { args: ["--compare", path.join(ROOT, "package.json")], says: "holds no figures that --json wrote" },
  ])("$args ends with exit code 2 before anything is measured", async ({ args, says }) => {
    const { exitCode, stderr, stdout } = await bench(...args);
    expect(stderr).toContain(says);
    expect(stdout.toString()).toBe("");
    expect(exitCode).toBe(2);
  });

  it("--compare refuses damaged figures before anything is measured", async () => {
    const file = path.join(tempFolder(), "then.json");
    writeFileSync(file, JSON.stringify({ version: 1, machine: {}, parts: [{ name: "fake" }] }));
    const { exitCode, stderr } = await bench("--only", "fake", "--quick", "--compare", file);
    expect(stderr).toBe(
      `bench: --compare: ${file} holds no figures that --json wrote. Nothing was measured; --help shows the options.\n`,
    );
    expect(exitCode).toBe(2);
  });

  it("--help names every part", async () => {
    const { exitCode, stdout } = await bench("--help");
    expect(stdout.toString()).toMatch(/^Parts of every run: +spawn, [\s\S]*^Only with --only: .*faults$/m);
    expect(exitCode).toBe(0);
  });
});
