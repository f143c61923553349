/** `npm run bench`, or some of it: `npm run bench -- spawn faults --quick`. Prints Markdown; progress goes to stderr. */
import { readFileSync } from "node:fs";
import os from "node:os";
import { fileURLToPath } from "node:url";
import { bigOutput } from "./big-output.ts";
import { faultMatrix } from "./faults.ts";
// @ts-expect-error -- plain JavaScript: it starts itself again as each of the processes that contend
import { ledgerCost } from "./ledger.mjs";
import { journalCost } from "./journal-cost.ts";
import { manyTimeouts } from "./many-timeouts.ts";
import { postgresScale } from "./postgres-scale.ts";
import { postgresCost } from "./postgres-cost.ts";
import { resourceCost } from "./resource-cost.ts";
import { spawnCost } from "./spawn-cost.ts";
import { fakeStart, importCost } from "./start-cost.ts";

const PARTS: Readonly<Record<string, readonly [string, (quick: boolean) => string | Promise<string>]>> = {
  spawn: ["What a call costs", spawnCost],
  import: ["What an import costs", importCost],
  output: ["Much output", bigOutput],
  fake: ["The fake claude's start", fakeStart],
  ledger: ["The ledger", ledgerCost],
  journal: ["The journal", journalCost],
  scale: ["A million operations", postgresScale],
  postgres: ["The ledger in Postgres", postgresCost],
  resource: ["What a resource costs", resourceCost],
  timeouts: ["Many timeouts at once", manyTimeouts],
  faults: ["Faults", faultMatrix],
};

const words = process.argv.slice(2);
const quick = words.includes("--quick");
const asked = words.filter((word) => word !== "--quick");
const unknown = asked.find((word) => !(word in PARTS));
if (unknown !== undefined) {
  process.stderr.write(
    `bench: there is no part "${unknown}"; there are ${Object.keys(PARTS).join(", ")} (and --quick)\n`,
  );
  process.exit(2);
}

process.stdout.write(`${machine()}\n`);
for (const [name, [title, measure]] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`bench: ${name} …\n`);
  process.stdout.write(`\n### ${title}\n\n${await measure(quick)}\n`);
}

function machine(): string {
  const versions = ["hardcall", "execa", "tinyexec", "nano-spawn", "zx", "zod", "pg", "pg-boss"].map(
    (name) => `${name} ${versionOf(name)}`,
  );
  const cpus = os.cpus();
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GB`;
  return [
    `${new Date().toISOString().slice(0, 10)}, ${os.type()} ${os.release()} ${os.arch()}, ` +
      `${cpus.length} × ${cpus[0]?.model.trim() ?? "unknown processor"}, ${memory}, load ${os.loadavg()[0]?.toFixed(1)}.`,
    `Node ${process.versions.node}, ${versions.join(", ")}.`,
  ].join("\n");
}

function versionOf(name: string): string {
  const file = name === "hardcall" ? "../../package.json" : `../../node_modules/${name}/package.json`;
  const manifest = readFileSync(fileURLToPath(new URL(file, import.meta.url)), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}
