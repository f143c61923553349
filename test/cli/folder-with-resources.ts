import { writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT, tempFolder } from "../helpers/files.ts";
import * as cli from "../helpers/run.ts";

export const RUN = ["run", "--timeout", "60s", "--resource", "blog"];

const FAKE_PATH = `${path.join(ROOT, "fake-bin")}${path.delimiter}${process.env["PATH"]}`;

/** A folder with a ledger and a file of resources, in which commands run. */
export function folderWithResources(resources: object) {
  const folder = tempFolder();
  writeFileSync(path.join(folder, "hardcall.resources.json"), JSON.stringify({ resources }));
  const env = {
    HARDCALL_LEDGER: path.join(folder, "ledger.db"),
    PATH: FAKE_PATH,
    FAKE_CLAUDE_STATE_DIR: folder,
    FAKE_CLAUDE_LOG: path.join(folder, "claude.log"),
  };
  const options = (more: cli.RunOptions = {}): cli.RunOptions => ({
    cwd: folder,
    ...more,
    env: { ...env, ...more.env },
  });
  return {
    folder,
    file: (name: string) => path.join(folder, name),
    hardcall: async (args: readonly string[], more?: cli.RunOptions) => {
      const { exitCode, stdout, stderr } = await cli.hardcall(args, options(more));
      return { exitCode, stdout: stdout.toString(), stderr };
    },
    start: (args: readonly string[], more?: cli.RunOptions) => cli.startHardcall(args, options(more)),
  };
}
