#!/usr/bin/env node
// node merge-gate/bin/review-floor.ts (--from FILE | --repo OWNER/NAME --pull N) [--track solo] [--now TIME]
// node merge-gate/bin/review-floor.ts --require-modes fail,empty,hang --fake-log FILE
// Exit code 0: green. 1: red, and when it will be green. 2: nothing was judged.
import { parseArgs } from "node:util";
import { main, UsageError } from "../lib/command-line.ts";
import { DEFAULT_CONFIG, readConfig } from "../lib/config.ts";
import { modesMet } from "../lib/fake-modes.ts";
import { reviewFloor } from "../lib/floor.ts";
import { askedFor, askedTime, askedTrack, reviewOptions } from "../lib/options.ts";

main(() => {
  const { values } = parseArgs({
    options: {
      ...reviewOptions,
      config: { type: "string", default: DEFAULT_CONFIG },
      "require-modes": { type: "string" },
    },
  });
  const judged: { readonly green: boolean; readonly sentence: string }[] = [];

  const request = askedFor(values);
  if (request)
    judged.push(reviewFloor(request, readConfig(values.config).floor, askedTrack(values), askedTime(values)));
  if (values["require-modes"]) {
    const log = values["fake-log"] ?? process.env["FAKE_CLAUDE_LOG"];
    if (!log) throw new UsageError("--require-modes needs --fake-log, the file FAKE_CLAUDE_LOG named.");
    judged.push(
      modesMet(
        log,
        values["require-modes"].split(",").map((mode) => mode.trim()),
      ),
    );
  }
  if (judged.length === 0) throw new UsageError("Give --from, or --repo and --pull, or --require-modes.");

  for (const { green, sentence } of judged) process.stdout.write(`${green ? "green" : "red"}: ${sentence}\n`);
  return judged.every(({ green }) => green) ? 0 : 1;
});
