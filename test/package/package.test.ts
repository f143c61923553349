import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../helpers/files.ts";
import { CONTENTS, INSTALL } from "./budgets.ts";

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` would make. */
async function packed(): Promise<Packed> {
  // `npm test` has built already, and a second build would take the files away from other tests.
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: ROOT, timeout: 50_000 });
  const answer = JSON.parse(stdout) as readonly Packed[] | Readonly<Record<string, Packed>>;
  return Object.values(answer)[0]!;
}

describe("the package", () => {
  let contents: Packed;
  beforeAll(async () => {
    contents = await packed();
  });

  test("keeps to its budgets of bytes and files", () => {
    const { size, unpackedSize, files } = contents;
    const cost = { packed: size, unpacked: unpackedSize, files: files.length };
    const over = Object.entries(cost).filter(
      ([what, amount]) => amount > INSTALL[what as keyof typeof INSTALL],
    );
    expect(over, `budgets are ${JSON.stringify(INSTALL)}, see test/package/budgets.ts`).toEqual([]);
  });

  test("holds what a user needs, and no sources, tests or maps", () => {
    const names = contents.files.map((file) => file.path);
    expect(
      names.filter(
        (name) => !CONTENTS.some((one) => name === one || (one.endsWith("/") && name.startsWith(one))),
      ),
    ).toEqual([]);
    expect(names.filter((name) => /\.map$|\.test\.|(^|\/)node_modules\/|\.(db|log|tgz)$/.test(name))).toEqual(
      [],
    );
    expect(names).toEqual(
      expect.arrayContaining([
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "dist/cli.js",
        "dist/guardian.js",
        "fake-bin/claude",
        "fake-bin/gemini/gemini",
        "fake-bin/lib/gemini/main.cjs",
      ]),
    );
  });

  test("runs nothing when it is installed, and puts only its own command on PATH", () => {
    const { scripts, bin } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
      readonly bin: Readonly<Record<string, string>>;
    };
    for (const event of ["preinstall", "install", "postinstall", "prepare"])
      expect(scripts).not.toHaveProperty(event);
    expect(Object.keys(bin)).toEqual(["hardcall"]);
  });
});
