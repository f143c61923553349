/**
 * Runs 114 ways in which claude, codex and gemini can answer, fail or hang, and shows what a plain wrapper and hardcall make of each.
 * Every run is a real process: the fakes that come with hardcall. It takes about a minute, needs zod, and leaves nothing behind:
 *
 *     node main.mts
 */
import { showHangs } from "./hang-table.mts";
import { canCount, end } from "./leftovers.mts";
import { tellRevokedKey } from "./revoked-key.mts";
import { tellStory } from "./story.mts";
import { showTable } from "./table.mts";
import { demoMark } from "./trial.mts";

const print = (line: string) => process.stdout.write(`${line}\n`);
const startedAt = performance.now();

// If the demo ends early, it ends the processes that it has started.
process.on("exit", () => end(demoMark));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));
}
// The reader has closed the pipe (`| head`).
process.stdout.on("error", () => process.exit(1));

const { naive, hardcall, timed } = await showTable(print);
if (!canCount) print("The demo can count processes on Linux only, so no cell says here how many still ran.");
print("");
showHangs(print, timed);
print("");
print("An incident, replayed: a job asks claude for a draft twice a day, and for 11 days claude prints");
print("nothing. The job publishes each draft, but skips one whose SHA-256 it has seen before. The SHA-256");
print("of an empty draft is always e3b0c442….");
print("");
const { runs, naiveOk, hardcallFailed, published } = await tellStory(print);
print("");
print(`published: ${published}`);
print(
  `The naive caller reported ${naiveOk} of ${runs} runs as ok. hardcall reported ${hardcallFailed} of ${runs} as failed.`,
);
print("Neither could publish anything, but hardcall says so on day 1, at 09:00.");
print("");
print("Another one, replayed: the key was revoked, and a scheduler goes on to call, 4 calls at a time.");
print("In production it made 1,988 calls in 40 minutes. With a resource, all calls share a circuit breaker");
print("and a limit of 3 at once: at most 3 learn that the key is refused, and no other starts.");
print("");
await tellRevokedKey(print);
const seconds = Math.round((performance.now() - startedAt) / 1000);
print("");
print(`The first incident took 11 days in production. The demo took ${seconds} s.`);
print(
  `Processes left running: naive ${naive.left}, with a timeout ${timed.reduce((sum, { of }) => sum + of.left, 0)}, hardcall ${hardcall.left}. The demo has ended them.`,
);
// A caller that still hangs would keep this process alive.
process.exit(0);
