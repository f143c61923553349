import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import type { z } from "zod";
import { overridesFor, withOverrides, type Override } from "./environment.mts";
import { nearest } from "./nearest.mts";
import { findOutliers, type Outlier } from "./outliers.mts";
import { PropertyConfig } from "./schema.mts";

/** All problems of a folder of configs, one line each: first those of each file, then the outliers among all files. */
export function checkFamily(
  folder: string,
  env: NodeJS.ProcessEnv,
): { readonly files: number; readonly problems: string[] } {
  const problems: string[] = [];
  const family = new Map<string, unknown>();
  const overridden = new Map<string, readonly Override[]>();
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .toSorted();
  if (files.length === 0) problems.push(`${folder}: contains no .json file`);
  for (const file of files) {
    const where = path.join(folder, file);
    const found = overridesFor(file, KNOWN, env);
    problems.push(...found.problems.map((problem) => `${where}: ${problem}`));
    const raw = read(where);
    if ("problem" in raw) {
      problems.push(`${where}: ${raw.problem}`);
      continue;
    }
    const checked = PropertyConfig.safeParse(withOverrides(raw.config, found.overrides));
    overridden.set(file, found.overrides);
    if (checked.success) family.set(file, checked.data);
    else problems.push(...checked.error.issues.flatMap(describe).map((problem) => `${where}: ${problem}`));
  }
  for (const outlier of findOutliers(family)) {
    problems.push(
      sentenceFor(path.join(folder, outlier.file), outlier, family.size, overridden.get(outlier.file) ?? []),
    );
  }
  return { files: files.length, problems };
}

/** Why the configs of this folder cannot be read at all. */
function problemOf(folder: string): string | undefined {
  try {
    readdirSync(folder);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = { ENOENT: "there is no such folder", ENOTDIR: "it is not a folder" }[code ?? ""];
    return `${JSON.stringify(folder)} cannot be read: ${why ?? code}`;
  }
}

const KNOWN = pathsOf(PropertyConfig);

/** The paths of all settings: `max_daily_posts`, `publish.enabled`. */
function pathsOf(schema: z.ZodObject, prefix = ""): string[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const at = `${prefix}${key}`;
    return "shape" in field ? pathsOf(field as z.ZodObject, `${at}.`) : [at];
  });
}

function read(file: string): { readonly config: object } | { readonly problem: string } {
  try {
    const config: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof config === "object" && config !== null && !Array.isArray(config)) return { config };
    return { problem: "is not a JSON object" };
  } catch (error) {
    return { problem: `cannot be read: ${(error as Error).message}` };
  }
}

function describe(issue: z.core.$ZodIssue): string[] {
  const at = issue.path.join(".");
  if (issue.code !== "unrecognized_keys") return [`${at === "" ? "the file" : at}: ${issue.message}`];
  return issue.keys.map((key) => {
    const full = at === "" ? key : `${at}.${key}`;
    const near = nearest(full, KNOWN);
    return `${full} is not a setting${near === undefined ? "" : `; did you mean ${near}?`}`;
  });
}

function sentenceFor(
  where: string,
  outlier: Outlier,
  family: number,
  overrides: readonly Override[],
): string {
  const { path: at, value, low, high } = outlier;
  const source = overrides.find((override) => override.path.join(".") === at.replace(/\.length$/, ""));
  const by = source === undefined ? "" : ` (by ${source.variable})`;
  const range = low === high ? String(low) : `${low} to ${high}`;
  return `${where}: ${at} is ${value}${by}, and ${range} in the other ${family - 1}`;
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const [folder = path.join(import.meta.dirname, "configs"), ...more] = process.argv.slice(2);
  // Not 1, which says that a config is wrong: here none was read.
  const refused = more.length > 0 ? "usage: node check.mts [FOLDER]" : problemOf(folder);
  if (refused !== undefined) {
    process.stderr.write(`${refused}\n`);
    process.exit(2);
  }
  const { files, problems } = checkFamily(folder, process.env);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length === 0) process.stdout.write(`${files} configs, nothing unusual\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
