import { describe, expect, it } from "vitest";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../helpers/files.ts";
import { verdictOf } from "./verdict.ts";

interface ObservedRun {
  readonly name: string;
  readonly args: readonly string[];
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const RUNS = JSON.parse(
  readFileSync(path.join(ROOT, "test/fixtures/gemini-reference.json"), "utf8"),
) as readonly ObservedRun[];
const HELLO = "Hello from mock";

/**
 * What each observed run of gemini 0.61.0 is taken for. hardcall asks for stream-json; the runs in text and json show that output
 * without events is never a success.
 */
const EXPECTED: readonly (readonly [object, string])[] = [
  [
    { value: HELLO },
    `429-retry-info,ok/stream-json 500,ok/stream-json ok-chunks/stream-json ok/stream-json prompt-dash/stream-json
        prompt-on-stdin/stream-json tool-allowed-tools/stream-json tool-background-child-20s/stream-json
        tool-background-detached/stream-json tool-fails/stream-json tool-is-background/stream-json tool-no-finish/stream-json
        tool-ok/stream-json tool-read-file-missing/stream-json tool-stdin/stream-json tool-unknown/stream-json
        tool-with-text/stream-json tool-write-file-yolo/stream-json two-tools/stream-json`,
  ],
  [
    { code: "permission_denied", effect: "completed" },
    `tool-asks-user/stream-json tool-denied-auto-edit/stream-json tool-denied-plan/stream-json tool-denied/stream-json
        tool-outside-workspace/stream-json tool-write-file-denied/stream-json`,
  ],
  [
    { code: "empty_output", effect: "completed" },
    `512/json blank/stream-json blank/text empty-object/stream-json empty-object/text empty/stream-json empty/text
        hang-SIGHUP-no-relaunch/json hang-SIGHUP-to-group/json hang-SIGHUP-to-group/text hang-SIGINT-no-relaunch/json
        hang-SIGINT-to-group/json hang-SIGINT-to-group/text hang-SIGTERM-to-group/json hang-SIGTERM-to-group/text
        malformed-call-no-text/text max-tokens-no-text/text midhang-SIGTERM-to-group/json no-candidates/stream-json
        no-candidates/text no-finish-empty/stream-json no-finish-empty/text no-parts/stream-json no-parts/text
        output-repetitive/text prompt-blocked/stream-json prompt-blocked/text prompt-over-context/text safety-no-text/text
        stdout-closed-early/stream-json stdout-full/json stdout-full/text thought-only/stream-json thought-only/text
        tool-then-empty/stream-json tool-then-empty/text tool-then-no-finish-empty/stream-json tool-then-no-finish-empty/text`,
  ],
  [
    { code: "truncated_output", effect: "completed" },
    `error-in-stream/stream-json max-tokens-no-text/stream-json no-finish/stream-json output-large-slow-reader/stream-json
        output-repetitive/stream-json prompt-over-context/stream-json`,
  ],
  [{ code: "refused", effect: "rejected" }, `safety-no-text/stream-json`],
  [
    { code: "no_result", effect: "completed" },
    `429-retry-info,ok/json 429-retry-info,ok/text 500,ok/json 500,ok/text blank/json default-retries-empty/json
        empty-object/json empty/json error-in-stream/json error-in-stream/text hang-SIGHUP-to-group/stream-json
        hang-SIGINT-to-group/stream-json hang-SIGTERM-to-group/stream-json help list-sessions malformed-call-no-text/json
        malformed-call-no-text/stream-json malformed-call/json malformed-call/stream-json malformed-call/text
        max-tokens-no-text/json max-tokens/json max-tokens/text mcp-server-missing/json midhang-SIGTERM-to-group/text
        new-reason/json new-reason/text no-candidates/json no-finish,ok/json no-finish,ok/text no-finish-empty/json
        no-finish/json no-finish/text no-parts/json no-relaunch-ok/json ok-chunks/json ok-chunks/text ok/json ok/text
        other/json other/text output-large-slow-reader/json output-large-slow-reader/text prohibited/json prohibited/text
        prompt-blank/json prompt-blocked/json prompt-huge-stdin/json prompt-large-argument/json prompt-on-stdin/json
        prompt-on-stdin/text prompt-over-context/json prompt-positional/json prompt-slash-unknown/json recitation/json
        recitation/text safety-no-text/json safety/json safety/text session-id-echo/json session-id-not-uuid/json
        settings-bad-type/json settings-unknown-key/json stdin-left-open/json stdin-left-open/text thought-only/json
        tool-allowed-tools/json tool-denied-auto-edit/json tool-denied-plan/json tool-denied/json tool-denied/text
        tool-fails/json tool-fails/text tool-ok/json tool-ok/text tool-then-empty/json tool-then-no-finish-empty/json
        tool-then-no-finish/json tool-then-no-finish/text tool-unknown/json tool-unknown/text tool-with-text/json
        tool-with-text/text untrusted-folder-skip-trust/json version`,
  ],
  [
    { code: "no_result", effect: "unknown" },
    `tool-running-SIGINT-to-group/stream-json tool-running-SIGTERM-to-group/stream-json`,
  ],
  [{ code: "rate_limited", effect: "rejected" }, `429/stream-json`],
  [{ code: "rate_limited", effect: "rejected", retryAfterMs: 1000 }, `429-retry-info/stream-json`],
  [{ code: "rate_limited", effect: "unknown" }, `429-retry-info/json 429/json`],
  [{ code: "overloaded", effect: "rejected" }, `503/stream-json`],
  [
    { code: "unavailable", effect: "rejected" },
    `500/stream-json 502-html/stream-json 504/stream-json connection-refused/stream-json json-body/stream-json
        key-in-environment-no-network/stream-json long-hang-headers/stream-json long-hang/stream-json long-midhang/stream-json
        malformed-once/stream-json malformed/stream-json midreset,ok/stream-json midreset/stream-json not-sse/stream-json
        reset/stream-json`,
  ],
  [
    { code: "unavailable", effect: "unknown" },
    `500/json 502-html/json 503/json 504/json tool-then-500/json tool-then-500/stream-json`,
  ],
  [
    { code: "auth", effect: "rejected" },
    `401/stream-json 403-html/stream-json 403/stream-json empty-key/json key-without-settings/json no-key/json
        no-key/stream-json no-key/text not-logged-in-no-base-url/json not-logged-in-no-base-url/stream-json
        not-logged-in-no-base-url/text not-logged-in/json not-logged-in/stream-json not-logged-in/text
        oauth-selected-no-credentials/json oauth-selected-no-credentials/text unsupported-file-credentials/json`,
  ],
  [{ code: "auth", effect: "unknown" }, `401/json 403-html/json 403/json`],
  [
    { code: "invalid_request", effect: "rejected" },
    `400/stream-json 404/stream-json 413/stream-json bad-approval-mode bad-output-format no-prompt-stdin-left-open/json
        no-prompt/json no-prompt/stream-json no-prompt/text prompt-and-positional/json prompt-empty/json
        prompt-empty/stream-json prompt-empty/text prompt-flag-dash-dash/json prompt-flag-without-value/json
        resume-unknown-index/json settings-not-json settings-not-json/json unknown-option unknown-option/json
        untrusted-folder-yolo/stream-json untrusted-folder/json untrusted-folder/text yolo-and-approval-mode`,
  ],
  [{ code: "invalid_request", effect: "unknown" }, `400/json 413/json`],
  [
    { code: "turn_limit", effect: "unknown" },
    `max-turns-zero/json max-turns/json max-turns/stream-json max-turns/text`,
  ],
  [
    { code: "killed", effect: "unknown" },
    `default-model-side-requests-fail/json default-retries-429-retry-info/json default-retries-429/json
        hang-SIGHUP/stream-json hang-SIGINT/stream-json hang-SIGKILL-no-relaunch/json hang-SIGKILL-to-group/json
        hang-SIGKILL-to-group/stream-json hang-SIGKILL-to-group/text hang-SIGKILL/stream-json hang-SIGTERM/stream-json
        hang/stream-json hang/text midhang/json midhang/stream-json midhang/text ok-no-close/stream-json ok-no-close/text
        stdin-left-open-after-data/json stdin-left-open-after-data/stream-json stdin-left-open-after-data/text
        tool-running-SIGINT/stream-json tool-running-SIGKILL-to-group/stream-json tool-running-SIGKILL/stream-json
        tool-running-SIGTERM/stream-json`,
  ],
  [
    { code: "exit_nonzero", effect: "unknown" },
    `400/text 401/text 403-html/text 403/text 404/json 404/text 413/text 429-retry-info/text 429/text 500/text
        502-html/text 503/text 504/text connection-refused/json connection-refused/text json-body/json json-body/text
        key-in-environment-no-network/json key-in-environment-no-network/text malformed-once/json malformed-once/text
        malformed/json malformed/text midreset,ok/json midreset,ok/text midreset/json midreset/text not-sse/json not-sse/text
        reset/json reset/text tool-then-500/text unknown-model/json unresolvable-host/json`,
  ],
];

/** Runs whose output says plain success although the answer is half or two. The verdict of gemini's own records beside it. */
const OUTPUT_CANNOT_TELL: readonly (readonly [name: string, last: string, object])[] = [
  ["max-tokens/stream-json", "length", { code: "truncated_output", effect: "completed" }],
  ["safety/stream-json", "content_filter", { code: "refused", effect: "rejected" }],
  ["recitation/stream-json", "content_filter", { code: "refused", effect: "rejected" }],
  ["prohibited/stream-json", "content_filter", { code: "refused", effect: "rejected" }],
];

/** gemini's records call these a plain stop, too: only a marker finds them. */
const ONLY_A_MARKER_TELLS = [
  "other/stream-json",
  "new-reason/stream-json",
  "tool-then-no-finish/stream-json",
];
/** A broken answer and the one after it. With the time of the retry, hardcall takes the last (see records.test.ts). */
const GLUED = "no-finish,ok/stream-json";

const TABLE = EXPECTED.flatMap(([verdict, names]) =>
  names.split(/\s+/).map((name) => [name, verdict] as const),
);
const observed = (name: string) => RUNS.find((run) => run.name === name)!;

describe("every observed run has its verdict", () => {
  it("is in one of the tables", () => {
    const names = [
      ...TABLE.map(([name]) => name),
      ...OUTPUT_CANNOT_TELL.map(([name]) => name),
      ...ONLY_A_MARKER_TELLS,
      GLUED,
    ];
    expect(names.toSorted()).toEqual(RUNS.map(({ name }) => name).toSorted());
  });

  it.each(TABLE)("%s", (name, verdict) => {
    expect(verdictOf(observed(name))).toMatchObject(verdict);
  });
});

describe("an answer that is no whole answer and looks like one", () => {
  it.each(OUTPUT_CANNOT_TELL)("%s is found in gemini's records", (name, last, verdict) => {
    expect(verdictOf(observed(name))).toEqual({ value: "partial text" });
    expect(verdictOf(observed(name), { finish: { last, retriedAt: undefined } })).toMatchObject(verdict);
  });

  it.each([...OUTPUT_CANNOT_TELL.map(([name]) => name), ...ONLY_A_MARKER_TELLS, GLUED])(
    "%s is found with a marker",
    (name) => {
      expect(verdictOf(observed(name), { marked: true })).toMatchObject({ code: "truncated_output" });
    },
  );
});
