import { test, type TestContext } from "vitest";
import { cachedPackageOrReason } from "../../fake-bin/cached-package.ts";
import { commandOrReason, moduleOrReason } from "./installed.ts";
import type { Result } from "./rows.ts";

interface Row {
  /** As its users call it: the package's name, or "Node 18". */
  readonly client: string;
  /** What of hardcall it meets: `fake-bin/bigquery`, `hardcall/bigquery`, … */
  readonly part: string;
}

/** A package of npm, in exactly this version. It is installed into the cache. */
export interface NpmClient extends Row {
  readonly from: "npm";
  readonly version: string;
  /** The package, if the client has another name. */
  readonly package?: string;
  /** More flags of `npm install`; packages that have to stand beside it, too. */
  readonly flags?: readonly string[];
}

/** A program that is on this machine, such as one of Debian's. Tests install none of these. */
export interface CommandClient extends Row {
  readonly from: "debian";
  readonly command: string;
  /** Of the program, if `--version` does not tell it. */
  readonly version?: string;
}

/** A module that some Python of this machine can import. */
export interface PythonClient extends Row {
  readonly from: "pypi";
  readonly module: string;
}

export type Client = NpmClient | CommandClient | PythonClient;

/** Where the client is on this machine. */
export interface Had {
  /** npm: the `node_modules` with the client. debian: the program. pypi: the Python that can import it. */
  readonly folder: string;
  readonly version: string;
}

/**
 * A test with a client of others; what it shows becomes a row of docs/compatibility.md. A client that cannot be had on this machine
 * becomes a row that says so.
 */
export function clientTest(
  client: Client,
  what: string,
  body: (had: Had, context: TestContext) => Promise<void>,
): void {
  const name = "version" in client ? `${client.client} ${client.version}` : client.client;
  // oxlint-disable-next-line vitest/expect-expect -- the body has the assertions
  test(`${client.part}: ${name}: ${what}`, async (context) => {
    const found = await find(client);
    const row = { client: client.client, part: client.part, what } satisfies Partial<Result>;
    if ("reason" in found) {
      const version = "version" in client ? client.version : "";
      context.task.meta.client = { ...row, version, reason: found.reason };
      context.skip(found.reason);
    } else {
      context.task.meta.client = { ...row, version: found.version };
      await body(found, context);
    }
  });
}

async function find(client: Client): Promise<Had | { readonly reason: string }> {
  switch (client.from) {
    case "npm": {
      const flags = ["--ignore-scripts", ...(client.flags ?? [])];
      const found = await cachedPackageOrReason(client.package ?? client.client, client.version, flags);
      return "reason" in found ? found : { ...found, version: client.version };
    }
    case "debian":
      return commandOrReason(client.command, client.version);
    case "pypi":
      return moduleOrReason(client.module);
    default:
      return client satisfies never;
  }
}
