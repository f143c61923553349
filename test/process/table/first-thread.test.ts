import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { fixture, ROOT } from "../../helpers/files.ts";
import { start } from "../../helpers/run.ts";

const HOST = path.join(ROOT, "test/fixtures/hosts/reads-what-lost-its-first-thread.ts");
const ALONE = ["--pid", "--fork", "--kill-child", "--mount-proc"];

/** Writing there tells the system which pid to give out next. */
const CHOOSES = ["sh", "-c", "echo 9998 >/proc/sys/kernel/ns_last_pid"];
const canChoosePids = spawnSync("unshare", [...ALONE, ...CHOOSES], { timeout: 20_000 }).status === 0;

test.runIf(canChoosePids)(
  "the environment of a process that has lost its first thread is that of another thread, also where its number has more digits",
  async () => {
    const args = [...ALONE, process.execPath, HOST, fixture("goes-on-without-its-first-thread.py")];
    const { stdout } = await start("unshare", args).finished;
    // Node sorts them as text.
    const threads = [expect.any(Number), 9999];
    expect(JSON.parse(stdout.toString())).toEqual({ state: "Z", threads, isFound: true });
  },
);
