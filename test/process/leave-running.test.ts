import { expect, onTestFinished, test } from "vitest";
import path from "node:path";
import { fixture, linesIn, linesOf, PidFile, tempFolder } from "../helpers/files.ts";
import { isAlive, killAll, processesWith, survivorsAfter } from "../helpers/processes.ts";
import { hardcall, host, startHost } from "../helpers/run.ts";

function daemon() {
  const pids = new PidFile();
  const rounds = path.join(tempFolder(), "rounds");
  return { pids, rounds, env: { PIDS: pids.path, ROUNDS: rounds } };
}

test.each([
  [
    "--leave-running",
    (env: NodeJS.ProcessEnv) =>
      hardcall(["run", "--timeout", "20s", "--leave-running", "--", fixture("prints-on-as-daemon.sh")], {
        env,
      }),
  ],
  [
    'leftovers: "leave"',
    (env: NodeJS.ProcessEnv) => host("leaves-a-daemon.ts", [fixture("prints-on-as-daemon.sh")], { env }),
  ],
])(
  "%s: a daemon that prints on lives on after its host, and its reader ends with it",
  async (_title, run) => {
    const { pids, rounds, env } = daemon();
    await run(env);
    const before = linesOf(rounds).length;
    await linesIn(rounds, before + 5);
    const [pid] = pids.pids();
    expect(isAlive(pid!)).toBe(true);
    killAll([pid!]);
    expect(await survivorsAfter(5000, processesWith(`ROUNDS=${rounds}`))).toEqual([]);
  },
);

test("a daemon that was left running lives on where its host is killed at once", async () => {
  const { pids, rounds, env } = daemon();
  const argv = [fixture("prints-on-as-daemon.sh"), "killed"];
  expect(await startHost("leaves-a-daemon.ts", argv, { env }).finished).toMatchObject({ signal: "SIGKILL" });
  onTestFinished(() => killAll(pids.pids()));
  // More than the guardian takes to end what a killed host leaves.
  await linesIn(rounds, linesOf(rounds).length + 30);
  expect(await survivorsAfter(2000, pids.pids())).toEqual(pids.pids());
});
