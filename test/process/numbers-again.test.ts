import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { onProc } from "../helpers/process-table.ts";
import { start } from "../helpers/run.ts";

const HOST = path.join(ROOT, "test/fixtures/hosts/gives-numbers-out-again.ts");
/** The shell is the first process, and buries what has lost its parent. */
const ALONE = ["--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", '"$@"; exit $?', "sh"];

const CHOOSES = ["sh", "-c", "echo 9998 >/proc/sys/kernel/ns_last_pid"];
const canChoosePids = spawnSync("unshare", [...ALONE, ...CHOOSES], { timeout: 20_000 }).status === 0;

async function foundWhereGivenAgain(when: string): Promise<unknown> {
  const { stdout, stderr } = await start("unshare", [...ALONE, process.execPath, HOST, when]).finished;
  expect(stderr).toBe("");
  return JSON.parse(stdout.toString());
}

test
  .runIf(canChoosePids && onProc)
  .each([
    "before the end of the leader was told",
    "before the end of the leader was told, after a look",
    "after the end of the leader",
    "after the end of the group, which the leader had left behind",
  ])("a stranger that gets the number of the leader at once is not found: %s", async (when) => {
  expect(await foundWhereGivenAgain(when)).toEqual({ found: 0 });
});

test.runIf(canChoosePids && onProc)(
  "a descendant that gets the number of a stranger at once is found",
  async () => {
    const when = "to a descendant, after a look that has read a stranger with it";
    expect(await foundWhereGivenAgain(when)).toEqual({ found: 1 });
  },
);
