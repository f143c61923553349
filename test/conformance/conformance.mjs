// Runs the published `claude` and the fake one through the same conditions and compares what they do. A drift of the
// fake is worse than no fake: tests then pass against something that does not exist.
//
//   node test/conformance/conformance.mjs [--version 2.1.329] [--fake PATH] [--only TEXT] [--jobs N] [--list]
//        [--record FILE]
//
// --record writes what the genuine one did, normalised, for tests that compare the fake with it.
// Exit codes: 0 no difference but the listed ones, 1 other differences, 2 it could not be run.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { findAccepted, loadAccepted } from "./accepted.ts";
import { compare } from "./compare.ts";
import { CONDITIONS } from "./conditions.ts";
import { DEFAULT_VERSION, installGenuine } from "./genuine.ts";
import { Answers } from "./learn.ts";
import { observe } from "./observe.ts";
import { HEADER, formatDetails, formatRow, verdict } from "./table.ts";

/** How often to look at what the genuine CLI does not always do the same way. */
const RACES = 6;

const { values: options } = parseArgs({
  options: {
    version: { type: "string", default: DEFAULT_VERSION },
    fake: { type: "string", default: fileURLToPath(new URL("../../fake-bin/claude", import.meta.url)) },
    only: { type: "string", default: "" },
    jobs: { type: "string", default: "2" },
    record: { type: "string" },
    list: { type: "boolean", default: false },
  },
});

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`conformance: ${error.stack}\n`);
  process.exitCode = 2;
}

async function main() {
  const conditions = CONDITIONS.filter(({ name }) => name.includes(options.only));
  if (options.list) {
    for (const { name } of conditions) console.log(name);
    return 0;
  }
  if (conditions.length === 0) throw new Error(`no condition has '${options.only}' in its name`);
  const accepted = loadAccepted();
  const genuine = { kind: "genuine", file: await installGenuine(options.version), version: options.version };
  const fake = { kind: "fake", file: options.fake, version: DEFAULT_VERSION };
  const answers = new Answers(fake);

  console.log(HEADER);
  const rows = await inParallel(Number(options.jobs), conditions, async (condition) => {
    // Not both at once: the second core is for the pair of another condition.
    const spoken = await answers.in(condition.spoken);
    const ours = await observe(fake, condition, spoken);
    let row;
    for (let left = condition.races ? RACES : 1; left > 0; left -= 1) {
      const again = rowOf(condition, await observe(genuine, condition, spoken), ours, accepted);
      if (!row || again.unlisted.length < row.unlisted.length) row = again;
      if (row.unlisted.length === 0) break;
    }
    return row;
  });
  const differing = rows.filter(({ unlisted }) => unlisted.length > 0);
  if (differing.length > 0) console.log(`\n${differing.map(formatDetails).join("\n\n")}\n`);
  console.log(summary(rows, accepted));
  if (options.record) await writeFile(options.record, record(rows));
  return differing.length > 0 ? 1 : 0;
}

function record(rows) {
  const seen = rows.map(({ name, genuine }) => [name, { ...genuine, raw: undefined }]);
  return `${JSON.stringify(Object.fromEntries(seen), null, 2)}\n`;
}

function rowOf({ name }, genuine, fake, accepted) {
  const row = { name, genuine, listed: [], unlisted: [] };
  for (const difference of compare(genuine, fake)) {
    const entry = findAccepted(accepted, options.version, name, difference);
    if (entry) row.listed.push({ difference, entry });
    else row.unlisted.push(difference);
  }
  return row;
}

/** Works through the conditions with so many at a time and prints each row as soon as those before it are there. */
async function inParallel(jobs, conditions, work) {
  const rows = [];
  let next = 0;
  let printed = 0;
  const worker = async () => {
    while (next < conditions.length) {
      const n = next;
      next += 1;
      rows[n] = await work(conditions[n]).catch((error) => {
        next = conditions.length; // the others stop too
        throw error;
      });
      while (rows[printed]) console.log(formatRow(rows[printed++]));
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return rows;
}

function summary(rows, accepted) {
  const count = (test) => rows.filter((row) => test(verdict(row))).length;
  const same = count((text) => text === "same");
  const differs = count((text) => text === "DIFFERS");
  const listed = rows.length - same - differs;
  return (
    `claude ${options.version}: ${rows.length} conditions, ${same} same, ${listed} differ as listed ` +
    `(${accepted.length} accepted differences), ${differs} DIFFER`
  );
}
