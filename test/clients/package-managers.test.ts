import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { readPage } from "../docs/page.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";
import { clientTest } from "./harness/client-test.ts";

const README = readPage("README.md").blocks.find(({ steering }) => steering.file === "draft.mts");

// Which type `init` writes into package.json differs: npm 11 "commonjs" (npm-init.test.ts), pnpm "module", the others none.
const MANAGERS = [
  { client: "npm", version: "10.9.9", init: ["init", "-y"], add: "install" },
  { client: "pnpm", version: "12.21.0", init: ["init"], add: "add" },
  { client: "yarn", version: "1.22.22", init: ["init", "-y"], add: "add" },
] as const;

for (const { client, version, init, add } of MANAGERS) {
  const row = { client, version, part: "npm install", from: "npm" } as const;
  clientTest(
    row,
    "hardcall installs into a new project, and the README's first program runs",
    async ({ folder }) => {
      const [project, packed] = [tempFolder(), tempFolder()];
      const env = {
        PATH: [path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter),
        HOME: packed,
        FAKE_CLAUDE_STATE_DIR: packed,
        FAKE_CLAUDE_MODE: "ok",
      };
      const pack = ["pack", "--silent", "--ignore-scripts", "--pack-destination", packed];
      await run("npm", pack, { cwd: ROOT, env: { npm_config_cache: path.join(packed, "npm") } });
      const [tarball = ""] = readdirSync(packed).filter((name) => name.endsWith(".tgz"));
      const manager = path.join(folder, ".bin", client);
      for (const args of [init, [add, `file:${path.join(packed, tarball)}`, "zod"]]) {
        const { exitCode, stderr, stdout } = await run(manager, args, { cwd: project, env });
        expect(exitCode, `${stdout.toString()}${stderr}`).toBe(0);
      }
      writeFileSync(path.join(project, "draft.mts"), README?.code ?? "");
      const line = 'PATH="$(node_modules/.bin/hardcall fake-bin):$PATH" node draft.mts';
      const end = await run("bash", ["-c", line], { cwd: project, env });
      expect(end).toMatchObject({ exitCode: 0, stderr: "" });
      expect(end.stdout.toString()).toMatch(/: 1 attempt, \$0\.\d{4}\n$/);
    },
  );
}
