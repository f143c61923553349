import type { Call } from "./calls.ts";
import type { ModesMet } from "./fake-modes.ts";
import type { Finding } from "./findings.ts";
import type { Floor, Track } from "./floor.ts";

export interface Facts {
  readonly track: Track;
  readonly calls: readonly Call[];
  readonly findings: readonly Finding[];
  readonly modes: ModesMet | undefined;
  readonly floor: Floor | undefined;
}

/** The first line of the comment, by which the workflow finds it again. */
const MARKER = "<!-- merge-gate -->";

const cell = (text: string | undefined): string =>
  text === undefined
    ? "—"
    : `\`${text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").replaceAll("`", "'").slice(0, 60)}\``;

/** What the track asks for and the facts do not show; empty when the change may be merged. */
export function outstanding({ track, calls, findings, modes, floor }: Facts): readonly string[] {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const open = calls.filter((call) => call.missing.length > 0);
  return [
    ...(errors > 0 ? [`${errors} findings are errors.`] : []),
    ...(modes && !modes.green ? [modes.sentence] : []),
    ...(floor && !floor.green ? [floor.sentence] : []),
    ...(track === "solo" && open.length > 0 ? [`${open.length} calls have no complete contract.`] : []),
    ...(track === "solo" && !modes ? ["No log of the fake claude was given (--fake-log)."] : []),
    ...(track === "solo" && !floor ? ["No pull request was given (--from, or --repo and --pull)."] : []),
  ];
}

/** The whole comment, in Markdown. */
export function sheet(facts: Facts): string {
  const missing = outstanding(facts);
  const { track, calls, findings, modes, floor } = facts;
  const verdict = missing.length === 0 ? "**Everything asked for is here.**" : "**Not yet:**";
  const solo =
    "Track solo: there is no second login to approve this. The evidence below stands in its place, and all of it is asked for.";
  return [
    MARKER,
    "## Merge gate",
    ...(track === "solo" ? ["", solo] : []),
    "",
    verdict,
    ...missing.map((sentence) => `- ${sentence}`),
    "",
    "### Calls added or changed",
    ...callTable(calls),
    "",
    "### Findings",
    ...(findings.length === 0 ? ["None."] : findings.map(findingLine)),
    "",
    "### Modes of the fake `claude` that ran",
    modes?.sentence ?? "No log was given.",
    "",
    "### Review floor",
    floor?.sentence ?? "No pull request was given.",
    "",
  ].join("\n");
}

const findingLine = ({ file, line, severity, rule, message }: Finding): string =>
  `- \`${file}:${line}\` ${severity} \`${rule}\`: ${message}`;

function callTable(calls: readonly Call[]): readonly string[] {
  if (calls.length === 0) return ["None."];
  return [
    "| call | where | timeout | effects | key | evidence | missing |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...calls.map(
      ({ what, file, line, timeout, effects, key, evidence, missing }) =>
        `| ${cell(what)} | \`${file}:${line}\` | ${cell(timeout)} | ${cell(effects)} | ${cell(key)} | ${cell(evidence)} | ${missing.join(", ")} |`,
    ),
  ];
}
