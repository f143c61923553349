#!/usr/bin/env node
// node merge-gate/bin/sheet.ts --base REF [--from FILE | --repo OWNER/NAME --pull N] [--fake-log FILE] [--track solo]
// Prints one Markdown comment. Exit code 0: everything the track asks for is there. 1: not yet. 2: nothing was judged.
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { changedCalls } from "../lib/calls.ts";
import { changedLines } from "../lib/changed-lines.ts";
import { main } from "../lib/command-line.ts";
import { DEFAULT_CONFIG, parseJson, readConfig } from "../lib/config.ts";
import { modesMet } from "../lib/fake-modes.ts";
import { baselineSchema, beyond, findings, toBaseline } from "../lib/findings.ts";
import { reviewFloor } from "../lib/floor.ts";
import { askedFor, askedTime, askedTrack, reviewOptions } from "../lib/options.ts";
import { outstanding, sheet } from "../lib/sheet.ts";

main(() => {
  const { values } = parseArgs({
    options: {
      ...reviewOptions,
      base: { type: "string", default: "origin/main" },
      baseline: { type: "string", default: "merge-gate.baseline.json" },
      config: { type: "string", default: DEFAULT_CONFIG },
    },
  });
  const config = readConfig(values.config);
  const track = askedTrack(values);
  const request = askedFor(values);
  const log = values["fake-log"];
  const baseline = existsSync(values.baseline)
    ? parseJson(readFileSync(values.baseline, "utf8"), baselineSchema, values.baseline)
    : toBaseline([]);
  const facts = {
    track,
    calls: changedCalls(changedLines(values.base)),
    findings: beyond(findings(["."]), baseline).fresh,
    modes: log === undefined ? undefined : modesMet(log, config.requireModes),
    floor: request && reviewFloor(request, config.floor, track, askedTime(values)),
  };
  process.stdout.write(sheet(facts));
  return outstanding(facts).length === 0 ? 0 : 1;
});
