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
  expect({ code, stdout }).toEqual({ code: 75, stdout: "" });
  expect(stderr).toContain('The call "write-draft" gave an output that does not fit the schema');
  expect(stderr).toContain("It was tried 3 times ");
});

it("ends on time when claude hangs, at the time that the environment says", async () => {
  const { code, stdout, stderr } = await draftWith("hang", { HARDCALL_WRITE_DRAFT_TIMEOUT: "800ms" });
  expect({ code, stdout }).toEqual({ code: 75, stdout: "" });
  expect(stderr).toContain("timed out after 800 ms (limit of the whole call)");
});

it("does not try again where the key is refused", async () => {
  const { code, stdout, stderr } = await draftWith("auth");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).not.toContain("It was tried");
});
