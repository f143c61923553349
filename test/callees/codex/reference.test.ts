import { describe, expect, it } from "vitest";
import { codexRuns, judge, LOGS, type CodexRun } from "./observed.ts";

/** What each observed run of the published CLI must be taken for: the beginning of its value, or its code and its effect. */
const EXPECTED: Readonly<Record<string, string>> = {
  "says Hello from mock": `
    with-reasoning/json malformed-once/json 500,ok/json midreset,ok/json no-completed,ok/json 429-retry-after,ok/json
    tool-ok/json tool-fails/json tool-sandbox-denied-write/json tool-workspace-write/json tool-full-access/json tool-bypass/json
    tool-sandbox-denied-network/json tool-apply-patch-denied/json tool-unknown/json two-tools/json tool-asks-user/json
    tool-stdin/json tool-big-output/json tool-background-detached/read-only tool-background-detached/danger-full-access
    output-file-ok/json schema-not-an-object/json prompt-dash/json blank-prompt-argument/json prompt-large-argument/json
    unknown-profile unknown-model/json builtin-provider-key/json inside-git/json image-missing codex-home-under-tmpdir
    ephemeral/json mcp-server-missing/json analytics-default-no-network/json review-no-git/json review-bad-base/json
    tool-no-completed/json tool-with-text/json launcher-ok/json chatgpt-ok/json patch-ok/json patch-does-not-apply/json
    web-search/json ok-no-close/json mcp-tool-echo/json mcp-tool-fail/json tool-sandbox-denied-write-without-events/json
    resume-ok/json ok/json prompt-on-stdin/json`,
  // Without a schema of the contract; with one it is invalid_output.
  "says Sorry, here is prose and no JSON": `
    schema-ignored/json schema-ignored-output-file/json`,
  "says second message": `
    two-messages/json output-file-two-messages/json`,
  "says xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": `
    output-big-slow-reader/json`,
  'says {"a":"b"}': `
    schema-honoured/json`,
  // A proxy that answers 403 with a page of its own cannot be told from a key without the right.
  "auth rejected": `
    401/json 403/json 403-html/json no-key/json empty-key/json builtin-provider-401/json default-retries-401/json
    chatgpt-not-logged-in/json not-logged-in/json`,
  "billing rejected": `
    failed-quota/json quota/json usage-not-included/json chatgpt-usage-not-included/json`,
  // Exit code 0 and turn.completed, with no message or an empty one. A refusal of the model looks the same.
  "empty_output completed": `
    empty/json no-items/json blank/json deltas-only/json empty/text no-items/text blank/text deltas-only/text
    output-file-empty/json output-file-no-items/json output-file-blank/json output-file-no-items/text schema-empty/json
    refusal/json refusal/text`,
  // Text format (its stderr quotes the answer, so hardcall does not read it), SIGINT, and a panic when stdout is closed or full.
  "exit_nonzero unknown": `
    incomplete-max/text incomplete-max-partial/text incomplete-filter/text failed-rate-limit/text failed-context/text
    failed-quota/text failed-server/text failed-invalid-prompt/text failed-policy/text error-event/text 401/text 403/text
    403-html/text 404/text 413/text 429-retry-after/text quota/text usage-limit/text usage-not-included/text 500/text
    502-html/text 503/text 503-slow-down/text no-completed-empty/text no-done-items/text malformed/text not-sse/text
    json-body/text reset/text midreset/text midhang/text comment-drip/text tool-running-SIGINT/read-only
    tool-running-SIGINT/danger-full-access tool-running-grandchild-SIGINT/danger-full-access
    tool-running-detached-SIGINT/danger-full-access tool-running-detached-SIGINT/read-only hang-SIGINT/text hang-SIGINT/json
    midhang-SIGINT/text midhang-SIGINT/json hang-SIGINT-output-file/json stdout-closed-early/json stdout-full/json
    stdout-full/text no-key/text empty-key/text output-file-hang-SIGINT/json launcher-hang-SIGINT/json chatgpt-not-logged-in/text
    400/text 429/text no-completed/text not-logged-in/text`,
  // A bad command line or configuration, a prompt that is too long, and another thread than the one asked for.
  "invalid_request rejected": `
    failed-context/json 404/json 413/json tool-approval-untrusted/json output-file-folder-missing/json output-file-is-folder/json
    schema-file-missing/json schema-file-not-json/json no-prompt/text no-prompt/json blank-prompt-on-stdin/json
    stdin-not-utf8/json prompt-too-large-stdin/json prompt-is-a-subcommand-name/json two-prompts/json unknown-option
    full-auto-flag max-turns-flag bad-config-override unknown-config-key-strict bad-config-type config-not-toml wire-api-chat
    cwd-missing codex-home-missing resume-unknown-name/json fork-unknown-id/json unknown-subcommand-option no-arguments
    launcher-unknown-option resume-last-other-folder/json 400/json`,
  // Signals, also those with which the recorder ended what would not end: a call ends these with its timeout.
  "killed unknown": `
    connection-refused/json hang/json tool-forever/json tool-running-SIGTERM/read-only tool-running-SIGHUP/read-only
    tool-running-SIGKILL/read-only tool-running-SIGTERM/danger-full-access tool-running-SIGHUP/danger-full-access
    tool-running-SIGKILL/danger-full-access tool-running-grandchild-SIGTERM/danger-full-access
    tool-running-grandchild-SIGKILL/danger-full-access hang-SIGTERM/text hang-SIGTERM/json hang-SIGHUP/text hang-SIGHUP/json
    hang-SIGKILL/text hang-SIGKILL/json hang-SIGQUIT/text hang-SIGQUIT/json hang-SIGPIPE/json stdin-left-open/text
    stdin-left-open/json no-prompt-stdin-left-open/json prompt-argument-too-large/json output-file-hang-SIGTERM/json
    launcher-hang-SIGKILL/json unresolvable-host/text unresolvable-host/json long-stdin-left-open/json long-drip-defaults/json
    long-hang-defaults/json long-midhang-defaults/json`,
  // Exit code 0 without events: the text format, --help, --version. hardcall always asks for events.
  "no_result unknown": `
    two-messages/text with-reasoning/text malformed-once/text 500,ok/text midreset,ok/text no-completed,ok/text
    429-retry-after,ok/text tool-ok/text tool-fails/text tool-sandbox-denied-write/text tool-escalation-asked/text
    tool-unknown/text output-file-ok/text schema-honoured/text schema-ignored/text unknown-model/text mcp-server-missing/text
    version exec-version exec-help tool-no-completed/text tool-with-text/text patch-ok/text patch-denied/text ok-no-close/text
    output-big-slow-reader/text resume-ok/text ok/text prompt-on-stdin/text help`,
  "overloaded rejected": `
    503/json default-retries-503/json`,
  // Exit code 0 and an answer; a tool was refused, which only stderr tells.
  "permission_denied completed": `
    tool-escalation-asked/json tool-approval-on-request-escalation/json tool-rule-forbidden/json patch-denied/json
    patch-outside-workspace/json mcp-tool-change/json`,
  "rate_limited rejected": `
    failed-rate-limit/json 429-retry-after/json usage-limit/json 503-slow-down/json default-retries-429/json
    chatgpt-usage-limit/json 429/json`,
  // Filters of the API: codex tries again after content_filter, in vain.
  "refused rejected": `
    incomplete-filter/json failed-invalid-prompt/json failed-policy/json`,
  "truncated_output completed": `
    incomplete-max/json incomplete-max-partial/json output-file-incomplete-max/json`,
  "unavailable rejected": `
    failed-server/json error-event/json 500/json 502-html/json no-completed-empty/json no-done-items/json malformed/json
    not-sse/json json-body/json reset/json midreset/json midhang/json comment-drip/json output-file-500/json
    mcp-server-required-missing/json default-retries-no-completed/json resume-500/json no-completed/json`,
  // A tool had run.
  "unavailable unknown": `
    tool-then-500/json`,
};

const THREAD = "01a20277-7f37-7622-8a5e-ba0a90f991ba";

/** These two continued the thread that they were to continue; the others with `resume` began a new one. */
const resumed = (name: string) => (/^resume-(?:ok|500)\//.test(name) ? "<uuid>" : THREAD);

function verdictOf(run: CodexRun): string {
  const resume = run.args.includes("resume") ? resumed(run.name) : undefined;
  return judge({ ...run, stderr: LOGS + run.stderr }, { resume });
}

const expected = Object.entries(EXPECTED).flatMap(([verdict, names]) =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => [name, verdict] as const),
);

describe("every observed run of codex is taken for what it is", () => {
  it("is in the table", () => {
    expect(expected.map(([name]) => name).toSorted()).toEqual(codexRuns.map(({ name }) => name).toSorted());
  });

  it.each(expected)("%s: %s", (name, verdict) => {
    const run = codexRuns.find((one) => one.name === name)!;
    expect(verdictOf(run)).toBe(verdict);
  });
});

/** What a run is taken for that hardcall ended because codex began to retry. */
const endedEarly = (run: CodexRun) =>
  judge({ ...run, stderr: LOGS + run.stderr }, { sandbox: "read-only", finished: true });
const RETRIES = codexRuns.filter(
  ({ name, stdout }) =>
    name.endsWith("/json") && stdout.includes('"message":"Reconnecting... 1/') && !name.startsWith("tool-"),
);
const RECOVERED = [
  "429-retry-after,ok/json",
  "midreset,ok/json",
  "no-completed,ok/json",
  "malformed-once/json",
];

it.each(RETRIES.map((run) => [run.name, run] as const))(
  "%s: the reason of the first retry tells what the end of the run would have told",
  (name, run) => {
    const whole = verdictOf(run);
    if (whole.startsWith("says ")) expect(RECOVERED).toContain(name);
    else if (run.exitCode !== null) expect(endedEarly(run)).toBe(whole);
    else expect(endedEarly(run)).toBe("unavailable rejected");
  },
);

/** Not one of these is a success: exit code 0, and no answer, no whole answer or not the work that was asked for. */
const LOOKS_LIKE_SUCCESS = codexRuns.filter(
  (run) => run.exitCode === 0 && run.args.includes("--json") && !verdictOf(run).startsWith("says "),
);

it("knows the runs that look like a success and are none", () => {
  expect(LOOKS_LIKE_SUCCESS.map(({ name }) => name).toSorted()).toEqual(
    `
    blank/json deltas-only/json empty/json no-items/json refusal/json schema-empty/json
    output-file-blank/json output-file-empty/json output-file-no-items/json
    resume-last-other-folder/json resume-unknown-name/json
    mcp-tool-change/json patch-denied/json patch-outside-workspace/json
    tool-approval-on-request-escalation/json tool-escalation-asked/json tool-rule-forbidden/json`
      .trim()
      .split(/\s+/)
      .toSorted(),
  );
});
