import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT, tempFolder } from "../../helpers/files.ts";
import { canMount } from "../../helpers/mounts.ts";
import { killAll, processesWith } from "../../helpers/processes.ts";
import { start } from "../../helpers/run.ts";

const HOST = path.join(ROOT, "test/fixtures/hosts/tells-what-survived.ts");

/** A mount namespace in which another program is in the place of `ps`. */
const WITH_PS = ["--mount", "sh", "-c", 'mount --bind "$0" /bin/ps; exec "$@"'];

test.skipIf(!canMount)("a ps that takes almost a second delays no signal by as much", async () => {
  const folder = tempFolder();
  const [slow, genuine] = [path.join(folder, "slow"), path.join(folder, "ps")];
  copyFileSync("/bin/ps", genuine);
  writeFileSync(slow, `#!/bin/sh\nsleep 0.9\nexec "${genuine}" "$@"\n`);
  chmodSync(slow, 0o755);
  const mark = `MARKED_BY_TEST=${folder}`;
  onTestFinished(() => killAll(processesWith(mark)));
  // The shell of the group ignores SIGTERM, so that only SIGKILL ends it.
  const script = 'trap "" TERM; sleep 60; sleep 60';
  const env = { HARDCALL_TEST_PROCESS_TABLE: "ps", TO_BE_MARKED: folder, TIMEOUT: "500" };
  const { stdout, stderr } = await start("unshare", [...WITH_PS, slow, process.execPath, HOST, script], {
    env,
  }).finished;
  const told = JSON.parse(stdout.toString() || JSON.stringify(stderr)) as { readonly notes: unknown };
  expect(told).toMatchObject({ code: "timeout", survivors: 0 });
  expect(told.notes).not.toContainEqual(expect.stringContaining("did not settle"));
});
