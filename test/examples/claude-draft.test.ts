import { expect, it } from "vitest";
import { userMachine } from "./user-machine.ts";

const draftWith = (mode: string, env: Record<string, string> = {}) => {
  const { root, run } = userMachine();
  const script = `${root}/examples/claude-draft.mts`;
  return run(process.execPath, [script, "Gulls"], { env: { FAKE_CLAUDE_MODE: mode, ...env } });
};

it("prints a draft that fits its schema", async () => {
  const ended = await draftWith("ok");
  const { stdout, stderr } = ended;
  expect(ended).toMatchObject({ code: 0 });
  expect(JSON.parse(stdout)).toEqual({
    title: expect.stringMatching(/./),
    body: expect.stringMatching(/.{200}/s),
    tags: expect.any(Array),
  });
  expect(stderr).toMatch(/: attempt 1, \d+\.\d\d USD\n$/);
});

it("tries again after a rate limit", async () => {
  const ended = await draftWith("rate-limit,ok");
  const { stdout, stderr } = ended;
  expect(ended).toMatchObject({ code: 0 });
  expect(JSON.parse(stdout)).toHaveProperty("title");
  expect(stderr).toContain(": attempt 2, ");
});

it("prints nothing when the draft breaks its schema three times", async () => {
  const { code, stdout, stderr } = await draftWith("schema-invalid");
  expect({ code, stdout }).toEqual({ code: 65, stdout: "" });
  expect(stderr).toContain('The call "write-draft" gave an output that does not fit the schema');
  expect(stderr).toContain("It was tried 3 times ");
});

it("ends on time when claude hangs, at the time that the environment says", async () => {
  const { code, stdout, stderr } = await draftWith("hang", { HARDCALL_WRITE_DRAFT_TIMEOUT: "800ms" });
  expect({ code, stdout }).toEqual({ code: 124, stdout: "" });
  expect(stderr).toContain("timed out after 800 ms (limit of the whole call)");
});

it("does not try again where the key is refused", async () => {
  const { code, stdout, stderr } = await draftWith("auth");
  expect({ code, stdout }).toEqual({ code: 77, stdout: "" });
  expect(stderr).not.toContain("It was tried");
});

it.each([
  ["rate-limit", 75, "HTTP status 429"],
  ["empty", 65, "answered with nothing"],
  ["refusal", 69, "The model does not answer this"],
])("ends after %s as hardcall claude does", async (mode, exit, message) => {
  const { code, stdout, stderr } = await draftWith(mode, { HARDCALL_WRITE_DRAFT_ATTEMPTS: "1" });
  expect({ code, stdout }).toEqual({ code: exit, stdout: "" });
  expect(stderr).toContain(message);
});

it("shows what claude said on stderr, which names the reason", async () => {
  const { code, stderr } = await draftWith("fail", { HARDCALL_WRITE_DRAFT_ATTEMPTS: "1" });
  expect(code).toBe(69);
  expect(stderr).toMatch(/^The call "write-draft" exited with code 1 [^\n]*\n[^\n]*\w[^\n]*\n$/);
});

it("ends with 127 where there is no claude", async () => {
  const { code, stdout, stderr } = await draftWith("ok", { PATH: "/nowhere" });
  expect({ code, stdout }).toEqual({ code: 127, stdout: "" });
  expect(stderr).toContain('the command "claude" was not found on PATH');
});

it("ends with 2 and one sentence where the environment gives it a limit that is none", async () => {
  const { code, stderr } = await draftWith("ok", { HARDCALL_WRITE_DRAFT_TIMEOUT: "soon" });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Invalid configuration .* HARDCALL_WRITE_DRAFT_TIMEOUT is "soon"; [^\n]*\n$/);
});
