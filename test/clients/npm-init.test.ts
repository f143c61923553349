import { afterAll, beforeAll, describe, expect } from "vitest";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { EXAMPLES } from "../../src/cli/interface/example-list.ts";
import { readPage } from "../docs/page.ts";
import { packedProject, type PackedProject } from "../examples/packed-project.ts";
import { freshDatabase } from "../helpers/postgres.ts";
import { clientTest } from "./harness/client-test.ts";

const README = readPage("README.md").blocks.find(({ steering }) => steering.file === "draft.mts");

/** How the lines of an example end, where one of them shows a failure. */
const SHOWN: Readonly<Record<string, readonly number[]>> = {
  "property-configs": [1],
  sentinels: [0, 1, 0, 0, 0],
};

// A project that had Google's client before hardcall: npm refuses an install beside a version that the peer range leaves out.
describe.each(["6.2.1", "7.9.3", "8.3.0", "9.3.0"])(
  "a project of npm init -y with its client %s",
  (version) => {
    const row = { client: "@google-cloud/bigquery", version, part: "npm install", from: "npm" } as const;
    let project: PackedProject;
    beforeAll(async () => {
      project = await packedProject(`@google-cloud/bigquery@${version}`);
    });
    afterAll(() => project.remove());

    clientTest(row, "hardcall installs beside it", async () => {
      const { stdout } = await project.shell("npm ls @google-cloud/bigquery hardcall --depth 0");
      expect(stdout.toString()).toMatch(new RegExp(`@google-cloud/bigquery@${version}\\n.* hardcall@`));
    });

    clientTest(row, "the README's first program runs", async () => {
      await project.shell("npm install zod");
      writeFileSync(path.join(project.folder, "draft.mts"), README?.code ?? "");
      const fakes = 'PATH="$(npx hardcall fake-bin):$PATH" FAKE_CLAUDE_MODE';
      const good = await project.shell(`${fakes}=ok node draft.mts`);
      expect({ code: good.exitCode, err: good.stderr }).toEqual({ code: 0, err: "" });
      const empty = await project.shell(`${fakes}=empty node draft.mts`);
      expect(empty).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^empty_output, /) });
    });

    clientTest(row, "every example runs", async () => {
      project.env["DATABASE_URL"] = await freshDatabase();
      project.link("pg-boss", "pg");
      for (const { name, run } of EXAMPLES) {
        const copied = await project.shell(`npx hardcall example ${name} ${name}-tried`);
        const folder = /^ +cd (.*)$/m.exec(copied.stdout.toString())?.[1];
        const ends: (number | null)[] = [];
        let last = "";
        // The demo goes on for half a minute; test/demo reads all of it.
        for (const line of name === "demo" ? [`${run[0]} | head -n 12`] : run) {
          const end = await project.shell(line, folder);
          ends.push(end.exitCode);
          last = `${end.stdout.toString()}${end.stderr}`;
        }
        expect({ name, ends, last }).toEqual({ name, ends: SHOWN[name] ?? run.map(() => 0), last });
      }
    });
  },
);
