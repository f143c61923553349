import { randomUUID } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { CallError, runCommand } from "../../src/index.ts";
import { scanCounts } from "../../src/process/scan.ts";
import { PidFile } from "../helpers/files.ts";
import { onProc } from "../helpers/process-table.ts";
import { killAll, processesWith, survivorsAfter } from "../helpers/processes.ts";

const TAKES_SIGTERM = 'echo $$ >>"$PIDS"; exec sleep 300';
/** A tree of three, one of them in a session of its own. */
const IGNORES_SIGTERM = `trap '' TERM
sleep 300 &
setsid sleep 300 &
${TAKES_SIGTERM}`;

test.runIf(onProc)(
  "calls that end together share the looks at all processes, and leave nothing",
  async () => {
    const mark = randomUUID();
    onTestFinished(() => killAll(processesWith(mark)));
    const scripts = Array.from({ length: 80 }, (_, index) =>
      index % 4 === 0 ? IGNORES_SIGTERM : TAKES_SIGTERM,
    );
    const pids = new PidFile();
    const stop = new AbortController();
    const calls = scripts.map((script) =>
      runCommand("sh", ["-c", script], {
        timeout: "5m",
        killGrace: 300,
        signal: stop.signal,
        env: { MARK: mark, PIDS: pids.path },
      }).catch((error: unknown) => (error instanceof CallError ? error.code : error)),
    );
    await pids.reported(scripts.length);
    const { scans } = scanCounts;
    stop.abort();
    expect(await Promise.all(calls)).toEqual(scripts.map(() => "cancelled"));
    // Each call looks at least twice.
    expect(scanCounts.scans - scans).toBeLessThan(scripts.length);
    expect(await survivorsAfter(5000, processesWith(mark))).toEqual([]);
  },
);
