#!/usr/bin/env node
// node merge-gate/bin/check.ts [--baseline FILE] [--write-baseline] [paths…]
// Exit code 0: no new error. 1: new errors. 2: nothing was judged.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { main, UsageError } from "../lib/command-line.ts";
import { parseJson } from "../lib/config.ts";
import { baselineSchema, beyond, findings, toBaseline } from "../lib/findings.ts";

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

main(() => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      baseline: { type: "string", default: "merge-gate.baseline.json" },
      "write-baseline": { type: "boolean", default: false },
    },
  });
  const paths = positionals.length > 0 ? positionals : ["."];
  for (const path of paths)
    if (!existsSync(path)) throw new UsageError(`There is no ${path} here, so nothing was judged.`);
  const all = findings(paths);

  if (values["write-baseline"]) {
    writeFileSync(values.baseline, `${JSON.stringify(toBaseline(all), null, 2)}\n`);
    process.stdout.write(`${all.length} findings written to ${values.baseline}.\n`);
    return 0;
  }

  const baseline = existsSync(values.baseline)
    ? parseJson(readFileSync(values.baseline, "utf8"), baselineSchema, values.baseline)
    : toBaseline([]);
  const { fresh, gone } = beyond(all, baseline, paths);
  for (const { file, line, severity, rule, message } of fresh)
    process.stdout.write(`${file}:${line} ${severity} ${rule}\n  ${message}\n`);
  const errors = fresh.filter(({ severity }) => severity === "error").length;
  process.stdout.write(
    `${counted(errors, "error")}, ${counted(fresh.length - errors, "warning")}, ${all.length - fresh.length} in the baseline.\n`,
  );
  if (gone > 0)
    process.stdout.write(
      `${gone} of the baseline are gone: run with --write-baseline, so that they stay gone.\n`,
    );
  return errors > 0 ? 1 : 0;
});
