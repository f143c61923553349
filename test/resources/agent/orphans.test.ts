import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { linesIn, linesOf, tempFolder } from "../../helpers/files.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { appears, childrenOf, killAll, processesWith } from "../../helpers/processes.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/command-host.ts", import.meta.url));

/** A process that makes one call of a shell script. */
function host(ledger: string, key: string, script: string) {
  // ast-grep-ignore: js-subprocess-timeout, reason: the test ends it
  const child = spawn(process.execPath, [FIXTURE, ledger, key, script], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_OPTIONS: "", COMMAND_HOST: ledger },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, next: async () => (await lines.next()).value as string };
}

/** The time since the boot, as a process of the shell reads it. */
const SIGN = "read up rest </proc/uptime; echo $up";

it.each([
  ["without a key", ""],
  ["with a key", "first"],
])("what a killed process left running has ended before its place goes to another: %s", async (_, key) => {
  const [ledger, signs] = [ledgerPath(), path.join(tempFolder(), "signs")];
  onTestFinished(() => killAll(processesWith(`COMMAND_HOST=${ledger}`)));
  // SIGTERM does not end it.
  const first = host(ledger, key, `trap '' TERM; while :; do { ${SIGN}; } >>'${signs}'; sleep 0.01; done`);
  await linesIn(signs, 5);
  const second = host(ledger, "", SIGN);
  expect(await second.next()).toBe("opened");
  // Nor does its guardian, which may be as slow as the machine is busy.
  const guardians = await appears(() => childrenOf(first.child.pid ?? 0, "guardian"));
  for (const pid of guardians) process.kill(pid, "SIGSTOP");
  first.child.kill("SIGKILL");
  const begun = Number(await second.next());
  await once(second.child, "exit");
  expect(begun).toBeGreaterThanOrEqual(Number(linesOf(signs).at(-1)));
});
