import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../helpers/files.ts";
import * as cli from "../helpers/run.ts";
import { folderWithResources, RUN } from "./folder-with-resources.ts";

describe("where the limits come from", () => {
  test.each([
    [
      ["--resource", "blgo"],
      /^hardcall: --resource "blgo" is not in \/.*hardcall\.resources\.json; did you mean "blog"\? It has blog\n/,
    ],
    [["--on-busy", "fail"], /^hardcall: --on-busy needs --resource\n/],
    [
      ["--resource", "blog", "--on-busy", "never"],
      /^hardcall: --on-busy is "never"; give one of wait, fail\n/,
    ],
    [["--resource", ""], /^hardcall: --resource "" is not in /],
  ])("%j starts nothing", async (flags, says) => {
    const { hardcall, file } = folderWithResources({ blog: { concurrency: 1 } });
    const end = await hardcall(["run", "--timeout", "60s", ...flags, "--", "touch", "ran"]);
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
    expect(end.stderr).toMatch(says);
    expect(existsSync(file("ran"))).toBe(false);
  });

  test("a file with mistakes starts nothing, and all of them are told", async () => {
    const { hardcall, file } = folderWithResources({
      blog: { concurrency: 0 },
      other: { rate: { starts: 1 } },
    });
    const end = await hardcall([...RUN, "--", "touch", "ran"]);
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
    expect(end.stderr).toMatch(
      /^hardcall: Invalid configuration \/.*\/hardcall\.resources\.json:\n- resources\.blog: concurrency is 0; .*\n- resources\.other: rate\.per .*\n$/,
    );
    expect(existsSync(file("ran"))).toBe(false);
  });

  test("HARDCALL_RESOURCES wins, also over a broken file in the working folder", async () => {
    const { hardcall, file } = folderWithResources({ blog: 3 });
    writeFileSync(file("limits.json"), '{ "resources": { "blog": { "concurrency": 1 } } }');
    const env = { HARDCALL_RESOURCES: file("limits.json") };
    expect(await hardcall([...RUN, "--", "echo", "hi"], { env })).toMatchObject({
      exitCode: 0,
      stdout: "hi\n",
    });
  });

  test("without a file it says how to write one", async () => {
    const folder = tempFolder();
    const end = await cli.hardcall([...RUN, "--", "true"], { cwd: folder });
    expect(end.exitCode).toBe(2);
    expect(end.stderr).toBe(
      `hardcall: --resource needs a file that defines it, and there is no ${folder}/hardcall.resources.json; write one, such as ` +
        '{ "resources": { "anthropic": { "concurrency": 3 } } }, or let HARDCALL_RESOURCES name another file\nTry: hardcall run --help\n',
    );
  });

  test("the environment tunes them, and a value that is wrong starts nothing", async () => {
    const { hardcall, file } = folderWithResources({ blog: { rate: { starts: 1, per: "1h" } } });
    const twice = { HARDCALL_RESOURCE_BLOG_RATE_STARTS: "2" };
    for (const word of ["one", "two"])
      expect(await hardcall([...RUN, "--", "echo", word], { env: twice })).toMatchObject({
        stdout: `${word}\n`,
      });
    expect(await hardcall([...RUN, "--", "echo", "three"], { env: twice })).toMatchObject({ exitCode: 75 });
    const none = { HARDCALL_RESOURCE_BLOG_RATE_STARTS: "0" };
    const end = await hardcall([...RUN, "--", "touch", "ran"], { env: none });
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
    expect(end.stderr).toContain("HARDCALL_RESOURCE_BLOG_RATE_STARTS");
    expect(existsSync(file("ran"))).toBe(false);
  });
});
