/** What a call leaves running: nothing, however it or its host ends. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { runCommand } from "hardcall";
import { check, failureOf } from "./lib/check.ts";
import { isAlive, processesWith, until } from "./lib/processes.ts";
import { host, tempFolder } from "./lib/start.ts";

/** Runs a shell command whose processes write their ids to a file. */
async function pidsOf(
  script: string,
  options: object,
): Promise<{ readonly pids: number[]; readonly end: string }> {
  const file = path.join(tempFolder(), "pids");
  const end = await runCommand("sh", ["-c", script, file], { timeout: "20s", ...options }).then(
    () => "success",
    ({ code }: { code: string }) => code,
  );
  return { pids: readFileSync(file, "utf8").trim().split("\n").map(Number), end };
}

const SESSION = 'setsid sh -c \'echo $$ >>"$0"; exec sleep 600\' "$0"';

await check("no descendant is left after a timeout, not one in a session of its own", [10], async () => {
  const { pids, end } = await pidsOf(`echo $$ >"$0"; ${SESSION} & sleep 600`, {
    timeout: "600ms",
    killGrace: 200,
  });
  assert.deepEqual([end, pids.length, pids.filter(isAlive)], ["timeout", 2, []]);
});

await check("none is left after a success and after a failure", [10], async () => {
  for (const [code, expected] of [
    [0, "success"],
    [3, "exit_nonzero"],
  ] as const) {
    const { pids, end } = await pidsOf(`${SESSION} & sleep 0.3; echo done; exit ${code}`, {});
    assert.deepEqual([end, pids.length, pids.filter(isAlive)], [expected, 1, []]);
  }
});

await check('leftovers: "leave" lets the daemon of a success live', [10], async () => {
  const { pids } = await pidsOf(`${SESSION} >/dev/null 2>&1 & sleep 0.3; echo done`, { leftovers: "leave" });
  const [daemon = 0] = pids;
  assert.ok(isAlive(daemon));
  process.kill(daemon, "SIGKILL");
});

await check("a daemon that holds the pipes does not hold the call", [1], async () => {
  const from = performance.now();
  const { end } = await pidsOf(`${SESSION} & sleep 0.3; echo done`, {});
  assert.equal(end, "success");
  assert.ok(performance.now() - from < 5000);
});

await check("a daemon that was forked twice and lost its parent is found", [10], async () => {
  const { pids, end } = await pidsOf(`(${SESSION} &) ; sleep 600`, { timeout: "700ms", killGrace: 200 });
  assert.deepEqual([end, pids.length, pids.filter(isAlive)], ["timeout", 1, []]);
});

/** The ids of the shells, and all that carries the cookies of their calls. */
async function started(how: string) {
  const file = path.join(tempFolder(), "pid");
  const { child, ended } = host("waits-for-calls.ts", [how, file]);
  await Promise.race([once(child.stdout!, "data"), ended.then(({ stderr }) => assert.fail(stderr))]);
  const mark = processesWith(file);
  const leaders = [1, 2].map((number) => Number(readFileSync(`${file}.${number}`, "utf8")));
  const cookie = /HARDCALL_CALLS=([^\0]+)/;
  const cookies = leaders.map(
    (pid) => cookie.exec(readFileSync(`/proc/${pid}/environ`, "latin1"))?.[1] ?? "",
  );
  assert.equal(mark.length, 0);
  const running = () => cookies.flatMap((each) => processesWith(each));
  assert.ok(running().length >= 6, `${running().length} processes`);
  return { child, ended, running };
}

await check("a host that is killed takes all of them with it, also what left its group", [11], async () => {
  const { child, ended, running } = await started("killed");
  child.kill("SIGKILL");
  await ended;
  assert.ok(await until(2500, () => running().length === 0), `${running().length} are left`);
});

for (const how of ["exits", "throws"]) {
  await check(`a host that ${how} takes all of them with it`, [11], async () => {
    const { ended, running } = await started(how);
    const { code } = await ended;
    assert.equal(code, how === "exits" ? 7 : 1);
    assert.ok(await until(2500, () => running().length === 0), `${running().length} are left`);
  });
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  await check(
    `${signal} to the host reaches them; the host waits, and dies of the signal`,
    [12],
    async () => {
      const { child, ended, running } = await started("no-handler");
      child.kill(signal);
      const end = await ended;
      assert.equal(running().length, 0);
      assert.deepEqual([end.code, end.signal], [null, signal]);
    },
  );
}

await check("a host with a handler of its own goes on, with calls that were cancelled", [12], async () => {
  const { child, ended } = await started("own-handler");
  // Not child.kill(): Deno then reports this signal, however the child ends.
  process.kill(child.pid!, "SIGTERM");
  const { code, stdout } = await ended;
  assert.deepEqual([code, stdout], [0, "ready\ncancelled cancelled\n"]);
});

await check("survivors and notes of a call are on its attempt", [10], async () => {
  const error = await failureOf(runCommand("sleep", ["60"], { timeout: "300ms" }));
  assert.equal(error.attempts[0]?.survivors ?? 0, 0);
});
