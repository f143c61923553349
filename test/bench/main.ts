/** `npm run bench`; `--help` says the rest. Prints Markdown; progress goes to stderr. */
import { accessSync, constants, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { writeCharts } from "./chart.ts";
import { compareFigures, confirmed, told } from "./compare.ts";
import { shownFigures, unfit, writeDocs } from "./docs.ts";
import { parseFigures, type Figures, type MeasuredPart } from "./figures.ts";
import { packages, thisMachine } from "./machine.ts";
import { aboutRun, tableText } from "./markdown.ts";
import { measurePart } from "./measure.ts";
import { HELP, parseOptions } from "./options.ts";
import type { PartPlace } from "./parts.ts";

const say = (text: string) => process.stderr.write(`bench: ${text}\n`);
const print = (text: string) => process.stdout.write(`${text}\n`);

function refuse(wrong: string): never {
  say(`${wrong}. Nothing was measured; --help shows the options.`);
  process.exit(2);
}

const options = parseOptions(process.argv.slice(2));
if (options === "help") {
  process.stdout.write(HELP);
  process.exit(0);
}
if (options === "redraw") {
  const figures = shownFigures() ?? refuse("--redraw: there is no docs/benchmarks/figures.json");
  for (const misfits of await writeDocs(figures)) say(misfits);
  process.exit(0);
}
if ("wrong" in options) refuse(options.wrong);
const { parts: places, quick, compare, json, svg } = options;
const machine = thisMachine();
// All files are looked at before anything is measured: a mistake would cost five minutes.
if (json !== undefined) {
  if (statSync(json, { throwIfNoEntry: false })?.isDirectory()) refuse(`--json: ${json} is a folder`);
  mustBeWritable("--json", path.dirname(path.resolve(json)));
}
if (svg !== undefined) mustBeWritable("--svg", svg);
const former = compare === undefined ? undefined : formerFigures(compare);
const names = places.map(({ name }) => name);
const misfit = options.writeDocs ? unfit(shownFigures(), { machine, parts: names }) : undefined;
if (misfit !== undefined) refuse(`--write-docs: ${misfit}`);

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());

let failed = false;
const start = performance.now();
const figures: Figures = { version: 1, machine, packages: packages(), parts: await measured(places) };
say(`all: ${((performance.now() - start) / 1000).toFixed(0)} s`);
print(aboutRun(figures));
for (const part of figures.parts) {
  for (const table of part.tables) print(`\n### ${table.title}\n\n${tableText(table, part)}`);
}
if (json !== undefined) writeFileSync(json, `${JSON.stringify(figures)}\n`);
if (svg !== undefined) {
  writeCharts(
    svg,
    figures.parts.flatMap(({ tables }) => tables),
  );
}
if (options.writeDocs) {
  for (const misfits of await writeDocs(figures)) say(misfits);
}
if (former !== undefined && (await isWorse(former))) failed = true;
process.exit(failed ? 1 : 0);

function mustBeWritable(option: string, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    refuse(`${option}: ${folder} cannot be written to (${(error as NodeJS.ErrnoException).code})`);
  }
}

function formerFigures(file: string): Figures {
  const read = () => {
    try {
      return parseFigures(readFileSync(file, "utf8"));
    } catch (error) {
      return { wrong: `cannot be read (${(error as NodeJS.ErrnoException).code})` };
    }
  };
  const found = read();
  return "wrong" in found ? refuse(`--compare: ${file} ${found.wrong}`) : found;
}

async function measured(asked: readonly PartPlace[]): Promise<MeasuredPart[]> {
  const parts: MeasuredPart[] = [];
  for (const place of asked) {
    say(`${place.name} …`);
    try {
      const part = await measurePart(place, quick ? "quick" : "full", stop.signal);
      const over = part.seconds > place.seconds ? `; it should take ${place.seconds} s` : "";
      say(`${place.name}: ${part.seconds} s${over}`);
      parts.push(part);
    } catch (error) {
      if (stop.signal.aborted) process.exit(130);
      failed = true;
      say(`${place.name} failed: ${(error as Error).message}`);
    }
  }
  return parts;
}

/** What looks worse is measured once more: it counts when it is worse in both runs. */
async function isWorse(then: Figures): Promise<boolean> {
  const first = compareFigures(then, figures);
  const parts = new Set(first.worse.map(({ part }) => part));
  if (parts.size > 0) say("a ratio looks worse; its part runs once more");
  const again = await measured(places.filter(({ name }) => parts.has(name)));
  const worse = confirmed(first.worse, compareFigures(then, { ...figures, parts: again }).worse);
  print(`\n${told({ ...first, worse })}`);
  return worse.length > 0;
}
