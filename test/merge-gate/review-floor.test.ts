import { describe, expect, test } from "vitest";
import { program } from "./kit.ts";
import { committed, event, file, pullRequest, requested, review, written } from "./pull-request.ts";

const floor = (data: unknown, ...args: string[]) =>
  program("review-floor", ["--from", written(data), ...args]);
const SIZE = "200 lines changed (4000 more left out) need 8 minutes of review";

describe("review-floor", () => {
  test("an approval after the floor is green", () => {
    const { code, stdout } = floor(
      pullRequest({ reviews: [review("grace", "APPROVED", "2026-11-20T12:08:00Z")] }),
    );
    expect(stdout).toBe(`green: ${SIZE}; there were 8.\n`);
    expect(code).toBe(0);
  });

  test("an approval before it is red, and says from when one is green", () => {
    const { code, stdout } = floor(
      pullRequest({ reviews: [review("grace", "APPROVED", "2026-11-20T12:01:00Z")] }),
    );
    expect(stdout).toBe(`red: ${SIZE}; there were 1. Green with an approval from 2026-11-20 12:08 UTC.\n`);
    expect(code).toBe(1);
  });

  const nothingStands = `red: ${SIZE}, and no approval of the last commit stands yet.`;
  test.for([
    ["no approval", []],
    ["it was approved by its author", [review("ada", "APPROVED", "2026-11-20T13:00:00Z")]],
    ["it was approved by a bot", [review("b[bot]", "APPROVED", "2026-11-20T13:00:00Z", undefined, "Bot")]],
    ["an older commit was approved", [review("grace", "APPROVED", "2026-11-20T13:00:00Z", "0ld")]],
    [
      "the approval was taken back",
      [
        review("grace", "APPROVED", "2026-11-20T13:00:00Z"),
        review("grace", "DISMISSED", "2026-11-20T13:01:00Z"),
      ],
    ],
  ] as const)("no approval stands when %s", ([, reviews]) => {
    const { code, stdout } = floor(pullRequest({ reviews }));
    expect(stdout).toContain(nothingStands);
    expect(code).toBe(1);
  });

  test.for([
    ["a push", committed("2026-11-20T12:55:00Z")],
    ["a forced push", event("head_ref_force_pushed", "2026-11-20T12:55:00Z")],
    ["the end of the draft", event("ready_for_review", "2026-11-20T12:55:00Z")],
  ] as const)("the time starts anew at %s", ([, later]) => {
    const timeline = [requested("grace", "2026-11-20T12:00:00Z"), later];
    const reviews = [review("grace", "APPROVED", "2026-11-20T13:00:00Z")];
    const { code, stdout } = floor(pullRequest({ timeline, reviews }));
    expect(stdout).toContain("there were 5. Green with an approval from 2026-11-20 13:03 UTC.");
    expect(code).toBe(1);
  });

  test("a second reviewer's time starts when that one was asked", () => {
    const timeline = [requested("grace", "2026-11-20T12:00:00Z"), requested("linus", "2026-11-20T12:59:00Z")];
    const reviews = [review("linus", "APPROVED", "2026-11-20T13:00:00Z")];
    expect(floor(pullRequest({ timeline, reviews })).code).toBe(1);
  });

  test("an exempt label is green, and said", () => {
    const { code, stdout } = floor(pullRequest({}, ["revert"]));
    expect(stdout).toBe('green: Exempt by the label "revert".\n');
    expect(code).toBe(0);
  });

  test("the cap bounds what a change asks for", () => {
    const reviews = [review("grace", "APPROVED", "2026-11-20T16:00:00Z")];
    const { code, stdout } = floor(pullRequest({ files: [file("src/a.ts", 100_000)], reviews }));
    expect(stdout).toContain("need 240 minutes of review");
    expect(code).toBe(0);
  });

  test("solo counts from the last push until now", () => {
    const soon = floor(pullRequest(), "--track", "solo", "--now", "2026-11-20T12:01:00Z");
    expect(soon.stdout).toContain("there were 1. Green from 2026-11-20 12:08 UTC.");
    expect(floor(pullRequest(), "--track", "solo", "--now", "2026-11-20T12:08:00Z").code).toBe(0);
  });

  test("a wrong config names the field", () => {
    const config = written({ floor: { minutesPer100Lines: "4" }, requireModes: [] });
    const { code, stderr } = floor(pullRequest(), "--config", config);
    expect(code).toBe(2);
    expect(stderr).toContain("floor.minutesPer100Lines");
  });

  test("an answer that is not GitHub's is an error, never green", () => {
    expect(floor({ message: "Not Found", status: "404" }).code).toBe(2);
    expect(program("review-floor", []).code).toBe(2);
  });
});
