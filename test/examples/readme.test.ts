import { expect, it } from "vitest";
import { userMachine } from "./user-machine.ts";

/** The first example of the README, with the fake claude in this mode. */
const readmeWith = (mode: string) => {
  const { root, run } = userMachine();
  return run(process.execPath, [`${root}/examples/readme.ts`], { env: { FAKE_CLAUDE_MODE: mode } });
};

it("prints the draft", async () => {
  const ended = await readmeWith("ok");
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(ended.stdout).toMatch(/: 1 attempt, \$0\.\d{4}\n$/);
});

it("fails as the README shows", async () => {
  const ended = await readmeWith("empty");
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr.replaceAll(/\s+/g, " ")).toMatch(
    /^empty_output, effect completed: The call "write-draft" answered with nothing\. It was tried 2 times for \$0\.0\d+ in all \(1: answered with nothing; 2: answered with nothing\)\. There is no output to use, even if the exit code says success\. $/,
  );
});
