import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { ROOT } from "./root.ts";

export const PROGRAMS = "test/runtimes/programs";
const run = promisify(execFile);
const INSTALL = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];

const OTEL = ["api", "context-async-hooks", "sdk-trace"].map((name) => `@opentelemetry/${name}`);

/** The programs, and what they share with the tests on Node.js. */
const BESIDE = [PROGRAMS, "test/callees/job/expected.ts"];

/**
 * A user's project: the package as `npm pack` makes it of the build, installed with the clients that are its optional peers, and the
 * programs beside it.
 */
export async function makeProject(folder: string): Promise<string> {
  const project = path.join(folder, "project");
  mkdirSync(project);
  writeFileSync(path.join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], {
    cwd: ROOT,
    timeout: 60_000,
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  const { devDependencies, dependencies } = await manifest();
  const beside = [...OTEL, "@google-cloud/bigquery", "google-auth-library", "zod", "pino"];
  const versions = beside.map((name) => `${name}@${devDependencies[name] ?? dependencies[name]}`);
  await run("npm", [...INSTALL, path.join(folder, tarball), ...versions], {
    cwd: project,
    timeout: 180_000,
  });
  // Where they are in the repository, or they would not find each other.
  for (const part of BESIDE) cpSync(path.join(ROOT, part), path.join(project, part), { recursive: true });
  return project;
}

type Versions = Readonly<Record<string, string>>;

async function manifest(): Promise<{ readonly devDependencies: Versions; readonly dependencies: Versions }> {
  const read = (await import("../../package.json", { with: { type: "json" } })) as {
    readonly default: { readonly devDependencies: Versions; readonly dependencies: Versions };
  };
  return read.default;
}
