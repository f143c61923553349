// Runs the published CLI of an agent and the fake one through the same conditions and compares what they do. A drift of
// the fake is worse than no fake: tests then pass against something that does not exist.
//
//   node test/conformance/conformance.mjs [--agent claude|codex|gemini] [--version 2.1.329|latest|fake] [--fake PATH]
//        [--only TEXT] [--jobs N] [--list] [--record FILE] [--markdown FILE]
//   node test/conformance/conformance.mjs [--agent …] --versions 2.1.197,2.1.329,latest [--only TEXT] [--markdown FILE]
//
// --versions compares published versions with each other, oldest first, in place of one version with the fake.
// --record writes what the genuine one did, normalised, for tests that compare the fake with it; with --versions, each change.
// --markdown writes the table into the file, between its markers.
// Exit codes: 0 no difference but the listed ones (a change is listed for the version that brought it), 1 other
// differences, 2 it could not be run.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { AGENTS } from "./agents/agents.ts";
import { newsIn } from "./changes.ts";
import { fakeMarkdown } from "./fake-markdown.ts";
import { writeBetweenMarkers } from "./markdown.ts";
import { versionOf } from "./version-of.ts";
import { versionsMarkdown } from "./versions-markdown.ts";
import { compareWithFake } from "./with-fake.ts";
import { compareVersions } from "./with-versions.ts";

/** Wrong options: the words are enough, without a stack. */
class UsageError extends Error {}

const OPTIONS = {
  agent: { type: "string", default: "claude" },
  version: { type: "string" },
  versions: { type: "string" },
  fake: { type: "string" },
  only: { type: "string", default: "" },
  jobs: { type: "string", default: "2" },
  record: { type: "string" },
  markdown: { type: "string" },
  list: { type: "boolean", default: false },
};

try {
  process.exitCode = await main(optionsOf());
} catch (error) {
  process.stderr.write(`conformance: ${error instanceof UsageError ? error.message : error.stack}\n`);
  process.exitCode = 2;
}

function optionsOf() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

async function main(options) {
  const agent = AGENTS[options.agent];
  if (!agent)
    throw new UsageError(`there is no agent '${options.agent}', only ${Object.keys(AGENTS).join(", ")}`);
  const conditions = agent.conditions.filter(({ name }) => name.includes(options.only));
  if (options.list) {
    for (const { name } of conditions) console.log(name);
    return 0;
  }
  if (conditions.length === 0) throw new UsageError(`no condition has '${options.only}' in its name`);
  const fakeOf = (version) => ({ kind: "fake", file: options.fake ?? agent.fake, version });
  const jobs = Number(options.jobs);
  if (options.versions) {
    const asked = options.versions.split(",").map((version) => versionOf(agent, version));
    const names = [...new Set(await Promise.all(asked))];
    if (names.length === 1) {
      console.log(`${agent.name} ${names[0]} is the only version: there is nothing to compare`);
      return 0;
    }
    const versions = await Promise.all(names.map((version) => published(agent, version)));
    const rows = await compareVersions(agent, versions, fakeOf(agent.version), conditions, jobs);
    if (options.record) await writeFile(options.record, `${JSON.stringify(rows, null, 2)}\n`);
    await writeMarkdown(options.markdown, `${agent.name} versions`, versionsMarkdown(agent, names, rows));
    return rows.some((row) => newsIn(row, agent.accepted, names).length > 0) ? 1 : 0;
  }
  const genuine = await published(agent, options.version ?? "fake");
  // The fake speaks as that version, if it can.
  const fake = fakeOf(agent.fakeVersions.includes(genuine.version) ? genuine.version : agent.version);
  const rows = await compareWithFake(agent, genuine, fake, conditions, jobs);
  if (options.record) await writeFile(options.record, record(rows));
  await writeMarkdown(options.markdown, `${agent.name} fake`, fakeMarkdown(agent, genuine.version, rows));
  return rows.some(({ unlisted }) => unlisted.length > 0) ? 1 : 0;
}

async function published(agent, asked) {
  const version = await versionOf(agent, asked);
  return { kind: "genuine", file: await agent.install(version), version };
}

async function writeMarkdown(file, name, text) {
  if (file) await writeBetweenMarkers(file, name, text);
}

function record(rows) {
  const seen = rows.map(({ name, genuine }) => [name, { ...genuine, raw: undefined }]);
  return `${JSON.stringify(Object.fromEntries(seen), null, 2)}\n`;
}
