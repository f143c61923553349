/**
 * The fake claude, asked by the wrapper that everybody writes first and by hardcall: `npm run demo`. Every run is a real
 * process that really fails, really prints nothing and really hangs.
 */
import { canCount, end } from "./leftovers.mts";
import { tellStory } from "./story.mts";
import { showTable } from "./table.mts";
import { demoMark } from "./trial.mts";

const print = (line: string) => process.stdout.write(`${line}\n`);
const startedAt = performance.now();

// Whatever ends the demo, what it started ends with it.
process.on("exit", () => end(demoMark));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));
}
// A reader that has gone (`| head`).
process.stdout.on("error", () => process.exit(1));

const { left } = await showTable(print);
if (!canCount) print("Processes can be counted on Linux only, so what was left running is not known here.");
print("");
print("Eleven days in seconds: a job that asks for a draft twice a day, while claude prints nothing.");
print("Behind both callers stands the same job: it skips a draft whose SHA-256 it has seen, and publishes");
print("the rest. The SHA-256 of nothing is e3b0c442….");
print("");
const { runs, wrapperOk, hardcallFailed, published } = await tellStory(print);
const seconds = Math.round((performance.now() - startedAt) / 1000);
print("");
print(`published: ${published}`);
print(
  `The wrapper called ${wrapperOk} of ${runs} runs ok. hardcall failed ${hardcallFailed} of ${runs}, the first on day 1 at 09:00.`,
);
print("Nothing is published either way; with hardcall you know it on the first day.");
print("");
print(`It took 11 days in production, and ${seconds} s here.`);
print(
  `Left running: naive ${left[0]}, naive with a timeout ${left[1]}, hardcall ${left[2]} (the demo ended them).`,
);
// Whoever still hangs would keep this process alive.
process.exit(0);
