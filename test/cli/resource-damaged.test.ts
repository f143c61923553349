import { writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { tempFolder } from "../helpers/files.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { administer } from "../helpers/postgres.ts";
import { hardcall } from "../helpers/run.ts";

test.each(LEDGER_KINDS)(
  "a damaged record of a resource in %s: the message says how to delete it",
  async (kind) => {
    const folder = tempFolder();
    writeFileSync(
      path.join(folder, "hardcall.resources.json"),
      JSON.stringify({ resources: { blog: { concurrency: 1 } } }),
    );
    const ledger = await newLedger(kind);
    const file = kind === "a file" ? ledger : undefined;
    const sql = async (statement: string) => {
      if (file === undefined) {
        await administer(ledger, statement);
        return;
      }
      const database = new DatabaseSync(file);
      database.exec(statement);
      database.close();
    };
    const options = { cwd: folder, env: { HARDCALL_LEDGER: ledger } };
    const run = () =>
      hardcall(["run", "--timeout", "60s", "--resource", "blog", "--", "echo", "done"], options);
    expect(await run()).toMatchObject({ exitCode: 0, stderr: "" });
    const table = file === undefined ? '"hardcall".resources' : "resources";
    await sql(`UPDATE ${table} SET document = 'no JSON'`);
    const removal = `DELETE FROM ${table} WHERE name = 'blog'`;
    const command = file === undefined ? removal : `sqlite3 '${file}' "${removal}"`;
    const message = `The ledger's record of the resource "blog" is damaged. Delete it, and its limits begin anew: ${command}`;
    const refused = await run();
    expect(refused).toMatchObject({ exitCode: 74 });
    expect(refused.stderr).toContain(message.slice("T".length));
    const shown = await hardcall(["resource", "show", "blog"], options);
    expect(shown).toMatchObject({ exitCode: 74, stderr: `hardcall: ${message}\n` });
    await sql(removal);
    expect(await run()).toMatchObject({ exitCode: 0, stderr: "" });
  },
);
