import { cpSync, existsSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { fixture, linesIn, PidFile, ROOT, tempFolder } from "../helpers/files.ts";
import { survivorsAfter } from "../helpers/processes.ts";
import { run, start } from "../helpers/run.ts";

const DIST = path.join(ROOT, "dist");

// `npm test` builds first; a run of vitest alone may have nothing to look at.
describe.skipIf(!existsSync(path.join(DIST, "cli.js")))("the built package", () => {
  const cli = path.join(DIST, "cli.js");

  test("its command is executable, and ends a tree in time", async () => {
    expect(statSync(cli).mode & 0o111).toBe(0o111);
    const pids = new PidFile();
    const args = ["run", "--timeout", "1s", "--kill-grace", "300", "--", fixture("three-sessions-deep.sh")];
    const end = await run(cli, args, { env: { PIDS: pids.path } });
    expect(end.exitCode).toBe(124);
    expect(pids.pids()).toHaveLength(4);
    expect(await survivorsAfter(1000, pids.pids())).toEqual([]);
  });

  test("its guardian is found where the build put it", async () => {
    const pids = new PidFile();
    const { child, finished } = start(
      cli,
      ["run", "--timeout", "60s", "--", fixture("three-sessions-deep.sh")],
      {
        env: { PIDS: pids.path },
      },
    );
    const tree = await pids.reported(4);
    child.kill("SIGKILL");
    expect(await survivorsAfter(2000, tree)).toEqual([]);
    await finished;
  });

  describe("of which an upgrade replaces the files while a call runs", () => {
    const upgraded = () => {
      const folder = tempFolder();
      cpSync(DIST, path.join(folder, "dist"), { recursive: true });
      for (const name of ["package.json", "node_modules"])
        symlinkSync(path.join(ROOT, name), path.join(folder, name));
      const replace = () => {
        for (const name of ["dist", "node_modules"]) rmSync(path.join(folder, name), { recursive: true });
      };
      return { command: path.join(folder, "dist/cli.js"), folder, replace };
    };

    test("kill -9 of the host: nothing is alive 2 s later", async () => {
      const pids = new PidFile();
      const { command, replace } = upgraded();
      const { child, finished } = start(
        command,
        ["run", "--timeout", "60s", "--", fixture("three-sessions-deep.sh")],
        { env: { PIDS: pids.path } },
      );
      const tree = await pids.reported(4);
      replace();
      child.kill("SIGKILL");
      expect(await survivorsAfter(2000, tree)).toEqual([]);
      await finished;
    });

    test("the call ends as it would have: its tree, its evidence, its line in the log", async () => {
      const { command, folder, replace } = upgraded();
      const [ready, go, made] = ["ready", "go", "made"].map((name) => path.join(folder, name)) as [
        string,
        string,
        string,
      ];
      const script = `setsid sleep 60 & echo >"${ready}"; until [ -e "${go}" ]; do sleep 0.05; done; echo made >"${made}"; echo done`;
      const args = ["run", "--timeout", "50s", "--evidence-file", made, "--", "sh", "-c", script];
      const { finished } = start(command, args, { env: { HARDCALL_LOG_LEVEL: "info" } });
      await linesIn(ready, 1);
      replace();
      writeFileSync(go, "");
      const { exitCode, stdout, stderr } = await finished;
      expect({ exitCode, stdout: stdout.toString() }).toEqual({ exitCode: 0, stdout: "done\n" });
      expect(stderr).toMatch(/^\{"level":30,.*"outcome":"executed".*\}$/m);
    });

    const parents = async (setting: "off" | "on") => {
      const { folder } = upgraded();
      cpSync(fixture("hosts/is-upgraded.mjs"), path.join(folder, "host.mjs"));
      const env = { HARDCALL_SPAWN_HELPER: setting };
      const { stdout } = await run(process.execPath, [path.join(folder, "host.mjs")], { env });
      return JSON.parse(stdout.toString()) as { before: string; after: string };
    };

    test("a host that wants the spawning helper from then on starts its processes itself", async () => {
      expect(await parents("off")).toEqual({ before: "host", after: "host" });
    });

    test("a host whose spawning helper dies has another", async () => {
      expect(await parents("on")).toEqual({ before: "helper", after: "helper" });
    });
  });

  test("exports what its types declare, and no more", async () => {
    const built = (await import(pathToFileURL(path.join(DIST, "index.js")).href)) as Record<string, unknown>;
    const source = (await import("../../src/index.ts")) as Record<string, unknown>;
    expect(Object.keys(built).toSorted()).toEqual(Object.keys(source).toSorted());
    const result = await (built["runCommand"] as typeof import("../../src/index.ts").runCommand)(
      "echo",
      ["hi"],
      {
        timeout: "20s",
      },
    );
    expect(result.value).toBe("hi");
  });
});
