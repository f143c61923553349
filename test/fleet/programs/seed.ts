/** One run of one seed, in a lab of its own: its summary as JSON. */
import { summaryOf } from "../report.ts";
import { run, type RunOptions } from "../run.ts";
import { setUp, type LabOptions } from "../stage.ts";
import { tell } from "./tell.ts";
import { WORKERS } from "../plan/faults.ts";

const options = JSON.parse(process.argv[2] ?? "{}") as LabOptions & RunOptions;
const stage = await setUp(options, { seed: options.seed, workers: WORKERS });
const summary = summaryOf(await run(stage, options));
await stage.end();
tell(summary);
