import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ROOT, tempFolder } from "../../helpers/files.ts";
import { canMount } from "../../helpers/mounts.ts";
import { killAll, processesWith } from "../../helpers/processes.ts";
import { start } from "../../helpers/run.ts";

const HOST = path.join(ROOT, "test/fixtures/hosts/tells-what-survived.ts");

/** A mount namespace in which another program is in the place of `ps`. */
const WITH_PS = ["--mount", "sh", "-c", 'mount --bind "$0" /bin/ps; exec "$@"'];

async function callWithPs(seconds: number, script: string, killGrace: number): Promise<unknown> {
  const folder = tempFolder();
  const [slow, genuine] = [path.join(folder, "slow"), path.join(folder, "ps")];
  copyFileSync("/bin/ps", genuine);
  writeFileSync(slow, `#!/bin/sh\nsleep ${seconds}\nexec "${genuine}" "$@"\n`);
  chmodSync(slow, 0o755);
  onTestFinished(() => killAll(processesWith(`MARKED_BY_TEST=${folder}`)));
  const env = {
    HARDCALL_TEST_PROCESS_TABLE: "ps",
    TO_BE_MARKED: folder,
    TIMEOUT: "500",
    KILL_GRACE: String(killGrace),
  };
  const command = [...WITH_PS, slow, process.execPath, HOST, script];
  const { stdout, stderr } = await start("unshare", command, { env }).finished;
  return JSON.parse(stdout.toString() || JSON.stringify(stderr));
}

describe.skipIf(!canMount)("a slow ps", () => {
  test("delays SIGKILL by less than its own time", async () => {
    // The shell of the group ignores SIGTERM, so that only SIGKILL ends it.
    const told = await callWithPs(0.9, 'trap "" TERM; sleep 60; sleep 60', 300);
    expect(told).toMatchObject({ code: "timeout", survivors: 0 });
    expect(told).not.toMatchObject({
      notes: expect.arrayContaining([expect.stringContaining("did not settle")]),
    });
  });

  test("what it finds after SIGTERM was due gets the signal then", async () => {
    const told = await callWithPs(0.6, "setsid sleep 60 & sleep 60", 10_000);
    expect(told).toEqual({ code: "timeout", survivors: 0, notes: [] });
  });
});
