import { createHash } from "node:crypto";
import { mkdirSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { CallError, command, defineCall, fileWritten, task, type FileOptions } from "../../src/index.ts";
import { tempFolder as folder } from "../helpers/files.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A call that does `work` and must leave the file behind. */
const callThat = (work: () => void, file: string, options: FileOptions = {}) =>
  defineCall({
    name: "write-draft",
    callee: task<void, void>(async () => work()),
    timeout: "20s",
    effects: "none",
    evidence: [fileWritten(file, { within: 700, ...options })],
  });

async function failureOf(settling: Promise<unknown>): Promise<CallError> {
  const settled = await settling;
  if (settled instanceof CallError) return settled;
  throw new Error("the call succeeded");
}

describe("fileWritten", () => {
  it("keeps path, size, hash and time of what was found", async () => {
    const file = path.join(folder(), "draft.json");
    const call = callThat(() => writeFileSync(file, "a draft"), file);
    const { evidence, attempts } = await call();
    expect(evidence).toEqual([
      { kind: "file", path: file, bytes: 7, sha256: sha256("a draft"), modifiedAt: expect.any(String) },
    ]);
    expect(attempts[0]?.evidence).toEqual(evidence);
  });

  it("does not take a green run for a file", async () => {
    const file = path.join(folder(), "draft.json");
    const error = await failureOf(callThat(() => undefined, file).settle());
    expect(error.message).toBe(
      `The call "write-draft" reported success, but the evidence is missing: ${JSON.stringify(file)} does not exist. ` +
        "The callee reported success; check whether the artifact exists before you retry.",
    );
    expect(error).toMatchObject({ code: "evidence_missing", outcome: "failed", effect: "completed" });
    expect(error.attempts[0]).toMatchObject({ code: "evidence_missing" });
    expect(error.attempts[0]).not.toHaveProperty("evidence");
  });

  it.each([
    ["empty", "", "has 0 bytes, fewer than minBytes (1)"],
    ["a line feed", "\n", "has 1 bytes and nothing visible in them"],
    ["white", " \t\r\n\u200b\u001b[0m", "has 11 bytes and nothing visible in them"],
    ["preallocated", "\0".repeat(100_000), "has 100000 bytes and nothing visible in them"],
  ])("does not take a file that is %s for one", async (_, content, words) => {
    const file = path.join(folder(), "draft.json");
    const error = await failureOf(callThat(() => writeFileSync(file, content), file).settle());
    expect(error.code).toBe("evidence_missing");
    expect(error.message).toContain(`${JSON.stringify(file)} ${words}`);
  });

  it("finds what is visible behind a long blank beginning", async () => {
    const file = path.join(folder(), "dump");
    const { evidence } = await callThat(() => {
      writeFileSync(file, "");
      truncateSync(file, 300_000);
      writeFileSync(file, "end", { flag: "a" });
    }, file)();
    expect(evidence).toMatchObject([{ bytes: 300_003 }]);
  });

  it("does not take the file of an earlier run for this one's", async () => {
    const file = path.join(folder(), "draft.json");
    writeFileSync(file, "yesterday's draft");
    const longAgo = new Date(Date.now() - 90_500);
    utimesSync(file, longAgo, longAgo);
    const error = await failureOf(callThat(() => undefined, file).settle());
    expect(error.message).toMatch(/was last written 1 min 3\d s before the attempt began/);
    const { evidence } = await callThat(() => undefined, file, { newerThanStart: false })();
    expect(evidence).toMatchObject([{ kind: "file", bytes: 17 }]);
  });

  it("believes a file system that keeps whole seconds, up to what it cannot tell", async () => {
    const file = path.join(folder(), "draft.json");
    const at = (seconds: number) => () => {
      writeFileSync(file, "a draft");
      utimesSync(file, seconds, seconds);
    };
    const thisSecond = () => at(Math.floor(Date.now() / 1000))();
    await callThat(thisSecond, file)();
    const odd = (Math.floor(Date.now() / 2000) - 2) * 2 + 1;
    const error = await failureOf(callThat(at(odd), file).settle());
    expect(error.message).toContain("before the attempt began");
  });

  it("validates what the file holds", async () => {
    const file = path.join(folder(), "draft.json");
    const schema = z.object({ title: z.string(), tags: z.array(z.string()) });
    const write = (content: string) => callThat(() => writeFileSync(file, content), file, { schema });
    await write('{"title":"Harbour","tags":[]}')();
    const wrong = await failureOf(write('{"title":"canary-7","tags":[1]}').settle());
    expect(wrong.message).toContain("does not fit its schema: 1 issue, at tags[0].");
    const broken = await failureOf(write('{"title":"canary-7').settle());
    expect(broken.message).toContain("holds 18 bytes that are not JSON");
    for (const { message } of [wrong, broken]) expect(message).not.toContain("canary-7");
  });

  it("is no folder", async () => {
    const file = path.join(folder(), "drafts");
    const error = await failureOf(callThat(() => mkdirSync(file), file).settle());
    expect(error.message).toContain("is not a regular file");
  });

  it("waits for a file that appears late", async () => {
    const file = path.join(folder(), "draft.json");
    const call = defineCall({
      name: "write-draft",
      // The writer outlives the command, as an upload or a queue does.
      callee: command("sh", ["-c", `(sleep 0.3; echo late > "$0") & echo accepted`, file], {
        leftovers: "leave",
      }),
      timeout: "20s",
      effects: "none",
      evidence: [fileWritten(file, { within: "15s" })],
    });
    const { evidence, value } = await call();
    expect(value).toBe("accepted");
    expect(evidence).toMatchObject([{ kind: "file", bytes: 5 }]);
  });

  it("takes the path from the output, and keeps it out of the message", async () => {
    const made = folder();
    const call = defineCall({
      name: "write-draft",
      callee: task(async (slot: string) => ({ slot })),
      timeout: "20s",
      effects: "none",
      evidence: [
        fileWritten((draft: { slot: string }) => path.join(made, `${draft.slot}.md`), { within: 100 }),
      ],
    });
    const error = await failureOf(call.settle("canary-8"));
    expect(error.message).toContain("the evidence is missing: the file does not exist");
    expect(error.message).not.toContain("canary-8");
    writeFileSync(path.join(made, "monday.md"), "text");
    const { evidence } = await call("monday");
    expect(evidence).toMatchObject([{ path: path.join(made, "monday.md") }]);
  });

  it("says what is wrong with its options together with the contract's problems", () => {
    expect(() => callThat(() => undefined, " ", { minBytes: 0, within: -1 })).toThrow(
      'Invalid configuration of the call "write-draft":\n- fileWritten() needs a path\n' +
        "- minBytes must be a whole number of bytes from 1\n" +
        "- within is -1; a duration must be greater than 0",
    );
  });
});
