import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

const REPOSITORY = "https://github.com/owner/hardcall";
const READY = {
  manifest: {
    version: "1.2.3",
    repository: { type: "git", url: `git+${REPOSITORY}.git` },
    homepage: `${REPOSITORY}#readme`,
    bugs: { url: `${REPOSITORY}/issues` },
  },
  changelog: "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-31\n",
  security: "# Security\n\nWrite to security@example.com.\n",
};

async function check(
  { manifest, changelog, security }: typeof READY | (Omit<typeof READY, "manifest"> & { manifest: object }),
  tag = "v1.2.3",
) {
  const folder = tempFolder();
  writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(path.join(folder, "CHANGELOG.md"), changelog);
  writeFileSync(path.join(folder, "SECURITY.md"), security);
  return await run(process.execPath, [path.join(ROOT, ".github/ready-to-release.mjs"), tag, REPOSITORY], {
    cwd: folder,
  });
}

test("a project that has everything is ready to release", async () => {
  expect(await check(READY)).toMatchObject({ exitCode: 0, stderr: "" });
});

test("what a release needs and does not have is named, all of it at once", async () => {
  const { exitCode, stderr } = await check({
    manifest: { version: "1.2.4" },
    changelog: "# Changelog\n\n## [Unreleased]\n",
    security: "**The owner fills in** the address.",
  });
  expect(exitCode).toBe(1);
  expect(stderr.trimEnd().split("\n")).toEqual([
    "The tag is v1.2.3, and package.json has version 1.2.4. They must be the same.",
    `package.json has no "repository". npm refuses provenance without it; it is ${REPOSITORY} here.`,
    'package.json has no "homepage".',
    'package.json has no "bugs".',
    'CHANGELOG.md has no section "## [1.2.4] - YYYY-MM-DD".',
    "SECURITY.md does not say yet where to report a vulnerability.",
    "docs/releasing.md says how to fill in each of these.",
  ]);
});

test("the repository of another project is refused", async () => {
  const manifest = { ...READY.manifest, repository: "https://github.com/another/hardcall" };
  const { exitCode, stderr } = await check({ ...READY, manifest });
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("npm refuses provenance for another one.")]);
});
