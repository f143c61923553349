import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { PidFile, ROOT, tempFolder } from "../helpers/files.ts";
import {
  appears,
  childrenOf,
  isAlive,
  killAll,
  processesWith,
  survivorsAfter,
} from "../helpers/processes.ts";
import { start, startHost } from "../helpers/run.ts";
import { asUser, becomesRoot, canBeAnotherUser } from "../helpers/users.ts";

const guardianOf = async (host: number) => (await appears(() => childrenOf(host, "guardian")))[0]!;

describe.skipIf(!canBeAnotherUser)("a process that neither the host nor its guardian may signal", () => {
  /** A host with a call whose process acts as root until it is told otherwise. */
  async function begin(timeout: number) {
    const folder = tempFolder();
    chmodSync(folder, 0o755);
    const told = path.join(folder, "told");
    const pids = new PidFile();
    const user = `exec ${asUser.join(" ")} sleep 60`;
    const script = `exec ${becomesRoot(folder)} sh -c 'echo $$ >>${pids.path}; until [ -e ${told} ]; do sleep 0.1; done; ${user}'`;
    const file = path.join(ROOT, "test/fixtures/hosts/tells-what-survived.ts");
    const args = [...asUser.slice(1), process.execPath, file, script, "lives"];
    const { child, pid } = start(asUser[0], args, { env: { TIMEOUT: String(timeout) } });
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const [called] = await pids.reported(1);
    return {
      called: called!,
      guardian: await guardianOf(pid),
      kill: () => void child.kill("SIGKILL"),
      settled: async () => JSON.parse(String((await lines.next()).value)) as { readonly survivors: number },
      maySignal: () => writeFileSync(told, ""),
    };
  }

  test("is ended by the guardian as soon as it may, seconds after the host was killed", async () => {
    const { kill, called, guardian, maySignal } = await begin(60_000);
    kill();
    // Several times what it takes the guardian to try once: 500 ms of grace and 200 ms.
    await wait(3000);
    expect([called, guardian].map((pid) => isAlive(pid))).toEqual([true, true]);
    maySignal();
    expect(await survivorsAfter(3000, [called, guardian])).toEqual([]);
  });

  test("has outlived its call, and the guardian ends it all the same when the host is killed later", async () => {
    const { kill, called, guardian, settled, maySignal } = await begin(500);
    expect((await settled()).survivors).toBeGreaterThan(0);
    maySignal();
    kill();
    expect(await survivorsAfter(3000, [called, guardian])).toEqual([]);
  });
});

test("a guardian that does not take what it is told is replaced before a call could be lost with the host", async () => {
  const value = `${process.pid}-${performance.now()}`;
  const all = () => processesWith(`MARKED_BY_TEST=${value}`);
  onTestFinished(() => killAll(all()));
  const pids = new PidFile();
  const env = { PIDS: pids.path, MARKED_BY_TEST: value };
  // Of each the guardian is told three lines, and the system keeps less than 300 for it.
  const { child, pid } = startHost("many-then-lasting.ts", ["150"], { env });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("first");
  const stopped = await guardianOf(pid);
  process.kill(stopped, "SIGSTOP");
  child.kill("SIGUSR2");
  await pids.reported(1);
  child.kill("SIGKILL");
  expect(await survivorsAfter(2000, [stopped, ...all()])).toEqual([]);
});
