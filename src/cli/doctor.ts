import { agentChecks } from "./doctor-agents.ts";
import type { DoctorCheck } from "./doctor-check.ts";
import { ledgerChecks, ledgerReaders } from "./doctor-ledger.ts";
import { resourceChecks } from "./doctor-resources.ts";
import { spawnHelperCheck, spawnHelperProblem } from "./doctor-spawn-helper.ts";
import { processTableCheck } from "./doctor-table.ts";
import { compileCacheCheck } from "./doctor-start.ts";
import { hostDeath, treeEnd } from "./doctor-trees.ts";
import { escalation, escaped } from "./doctor-trials.ts";
import { EXIT } from "./interface/exit-code.ts";
import { isRecentEnough, neededVersion, runtimeVersion } from "../core/node-version.ts";
import { parse } from "./interface/parse.ts";
import { DOCTOR } from "./interface/tools.ts";
import { print } from "./print.ts";
import { paint } from "./terminal/paint.ts";
import { findHolder } from "../process/hold.ts";
import { packageVersion } from "../core/package-root.ts";

/** Says what this machine can guarantee. Exit code 69 when something is missing that the guarantees rest on. */
export async function main(argv: readonly string[]): Promise<number> {
  parse(DOCTOR, argv).values();
  // What tunes calls must not make the machine look worse than it is.
  delete process.env["HARDCALL_LOG_LEVEL"];
  for (const name of ["TIMEOUT", "ATTEMPT_TIMEOUT", "IDLE_TIMEOUT", "ATTEMPTS"])
    delete process.env[`HARDCALL_DOCTOR_${name}`];
  const refused = spawnHelperProblem();
  const holder = await findHolder();
  const checks = [
    nodeVersion(),
    ...refused,
    treeEnd(holder),
    ...(await processTableCheck()),
    await escaped(holder),
    hostDeath(holder),
    ...(await escalation()),
    ...(await ledgerChecks()),
    ...resourceChecks(),
  ];
  const width = Math.max(...checks.map(({ what }) => what.length));
  void print(`hardcall ${packageVersion()} on ${process.platform} ${process.arch}\n`);
  for (const { what, ok, found } of [
    ...checks,
    ...ledgerReaders(),
    compileCacheCheck(),
    ...firstProcess(),
    ...(refused.length === 0 ? spawnHelperCheck() : []),
    ...(await agentChecks()),
  ]) {
    void print(`${ok ? paint("green", "yes") : paint("red", "NO ")}  ${what.padEnd(width)}  ${found}\n`);
  }
  return checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.calleeFailed;
}

function nodeVersion(): DoctorCheck {
  return { what: neededVersion(), ok: isRecentEnough(), found: `this is ${runtimeVersion()}` };
}

/** Only where it is so: the kernel drops a signal that the first process of a container has no handler for. */
function firstProcess(): DoctorCheck[] {
  if (process.ppid !== 0 && process.pid !== 1) return [];
  const found =
    "between two calls they do not: this is the first process of a container; run it with an init";
  return [{ what: "signals end the host", ok: false, found }];
}
