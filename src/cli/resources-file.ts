import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { ConfigError } from "../core/errors.ts";
import { parseForeignJson } from "../core/foreign.ts";
import { nearest } from "../core/nearest.ts";
import { isObject, show } from "../core/options.ts";
import { defineResource } from "../resources/define-resource.ts";
import type { Resource } from "../resources/options.ts";
import { FileError, UsageError } from "./interface/usage-error.ts";
import { repeatedNames } from "./repeated-names.ts";

const FILE = "hardcall.resources.json";

const EXAMPLE = '{ "resources": { "anthropic": { "concurrency": 3 } } }';

/** What `hardcall.resources.json` may have. The rest of an entry is what `defineResource` takes. */
const MEMBERS = ["resources", "$schema"];

/** The resources of a file, by their names. */
export interface ResourcesFile {
  readonly path: string;
  readonly resources: ReadonlyMap<string, Resource>;
}

/**
 * The resources of the file that `HARDCALL_RESOURCES` names, else of `hardcall.resources.json` in the working folder.
 *
 * @returns nothing where the variable is not set, and the working folder has no such file
 * @throws FileError with every mistake in the file, a sentence each
 */
export function resourcesFile(env: NodeJS.ProcessEnv = process.env): ResourcesFile | undefined {
  const named = env["HARDCALL_RESOURCES"];
  if (named?.trim() === "")
    throw new FileError("HARDCALL_RESOURCES is blank; unset it, or name the file that defines the resources");
  const file = path.resolve(inHome(named ?? FILE, env));
  if (named === undefined && !existsSync(file)) return undefined;
  return { path: file, resources: read(file) };
}

/**
 * The resource that `--resource` names.
 *
 * @param reportsCost whether the callee tells what it cost: a budget whose costs nothing tells would never be used up
 * @throws UsageError where no file defines it
 * @throws FileError for a file that is wrong
 */
export function resourceNamed(
  name: string,
  reportsCost: boolean,
  env: NodeJS.ProcessEnv = process.env,
): Resource {
  const file = resourcesFile(env);
  if (file === undefined) {
    throw new UsageError(
      `--resource needs a file that defines it, and there is no ${path.resolve(FILE)}; write one, such as ` +
        `${EXAMPLE}, or let HARDCALL_RESOURCES name another file`,
    );
  }
  const resource = file.resources.get(name);
  if (resource === undefined) {
    const names = [...file.resources.keys()];
    throw new UsageError(
      `--resource ${JSON.stringify(name)} is not in ${file.path}${alternatives(name, names)}`,
    );
  }
  if (resource.limits.budget === undefined || resource.cost !== undefined || reportsCost) return resource;
  throw new FileError(
    `Invalid configuration ${file.path}: resources.${name} has a budget, and commands, codex and gemini do not report what they cost; ` +
      `add "cost", the US dollars of one attempt, or leave the budget out`,
  );
}

/** What was probably meant, and what there is: the end of a sentence that says what there is not. */
export function alternatives(name: string, names: readonly string[]): string {
  if (names.length === 0) return ", which has none";
  const meant = nearest(name, names);
  const has = `has ${new Intl.ListFormat("en", { type: "conjunction" }).format(names)}`;
  return meant === undefined ? `; it ${has}` : `; did you mean ${JSON.stringify(meant)}? It ${has}`;
}

/** systemd, cron and Docker leave the `~` to the program. The user of a container may have no home folder, and then `homedir` throws. */
function inHome(file: string, { HOME }: NodeJS.ProcessEnv): string {
  if (!file.startsWith("~/")) return file;
  try {
    return path.join(HOME ?? homedir(), file.slice(2));
  } catch {
    throw new FileError(
      `HARDCALL_RESOURCES begins with "~/", but HOME is not set and the user has no home folder; write the absolute path`,
    );
  }
}

function read(file: string): ReadonlyMap<string, Resource> {
  const problems: string[] = [];
  const resources = new Map<string, Resource>();
  for (const [name, entry] of entriesOf(file, problems)) {
    const resource = resourceOf(name, entry, problems);
    if (resource !== undefined) resources.set(name, resource);
  }
  if (problems.length === 0) return resources;
  throw new FileError(
    problems.length === 1
      ? `Invalid configuration ${file}: ${problems[0]}`
      : `Invalid configuration ${file}:${problems.map((problem) => `\n- ${problem}`).join("")}`,
  );
}

function entriesOf(file: string, problems: string[]): [string, unknown][] {
  let json: unknown;
  try {
    const text = readFileSync(file, "utf8");
    json = parseForeignJson(text);
    problems.push(...repeatedNames(text).map((place) => `${place} is there twice; keep one of them`));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problems.push(code === undefined ? `it is not JSON: ${message}` : `it cannot be read (${code})`);
    return [];
  }
  if (!isObject(json)) {
    problems.push(`it is ${show(json)}; it must be an object that has "resources"`);
    return [];
  }
  for (const name of Object.keys(json).filter((member) => !MEMBERS.includes(member))) {
    const meant = nearest(name, MEMBERS);
    problems.push(
      `${name} is not a member of this file; ${meant === undefined ? `it has "resources"` : `did you mean "${meant}"?`}`,
    );
  }
  const { resources } = json;
  if (isObject(resources)) return Object.entries(resources);
  problems.push(
    resources === undefined
      ? `"resources" is missing; write ${EXAMPLE}`
      : `resources is ${show(resources)}; it must be an object that has a member for each resource, by its name`,
  );
  return [];
}

function resourceOf(name: string, entry: unknown, problems: string[]): Resource | undefined {
  const place = `resources.${name}`;
  if (!isObject(entry)) {
    problems.push(`${place} is ${show(entry)}; it must be an object of limits, such as { "concurrency": 3 }`);
    return undefined;
  }
  if (Object.hasOwn(entry, "name")) {
    problems.push(`${place}.name is not an option here: the name of a resource stands before its limits`);
  }
  try {
    return defineResource({ ...entry, name });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems.map((problem) => `${place}: ${problem}`));
    return undefined;
  }
}
