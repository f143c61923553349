import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianPackages } from "./cached-debian.ts";
import { freePort } from "./postgres-server.ts";

const NOBODY = 65_534;
const READY_MS = 20_000;

/** A PgBouncer in front of a Postgres, in transaction mode. */
export interface PgBouncer {
  /** The URL of the Postgres, by way of PgBouncer. */
  readonly url: string;
  /** Ends it, and deletes its folder. */
  remove(): Promise<void>;
}

/**
 * Starts Debian's PgBouncer for every database of the server that `url` names.
 *
 * @param settings of `[pgbouncer]`, such as `{ default_pool_size: "2" }`
 * @returns the reason, in a sentence, where there is no PgBouncer
 */
export async function startPgBouncer(
  url: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PgBouncer | { readonly reason: string }> {
  const packages = await debianPackages("pgbouncer", "libc-ares2", "libevent-2.1-7");
  if ("reason" in packages) return packages;
  const folder = mkdtempSync(join(tmpdir(), "hardcall-pgbouncer-"));
  const isRoot = process.getuid?.() === 0;
  // Copied, as the user that it runs as cannot read the cache of root.
  const bin = join(folder, "pgbouncer");
  copyFileSync(join(packages.folder, "usr/sbin/pgbouncer"), bin);
  const libraries = join(packages.folder, "usr/lib", readdirSync(join(packages.folder, "usr/lib"))[0] ?? "");
  for (const name of readdirSync(libraries).filter((file) => file.includes(".so."))) {
    copyFileSync(join(libraries, name), join(folder, name));
  }
  // The links that the package has for them, by the names under which the binary looks.
  const env = {
    PATH: process.env["PATH"],
    LD_LIBRARY_PATH: folder,
    TEST_RUN_COOKIE: process.env["TEST_RUN_COOKIE"],
  };
  const works = spawnSync(bin, ["--version"], { env, encoding: "utf8", timeout: 10_000 });
  if (works.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    return { reason: `Debian's pgbouncer does not run here: ${works.stderr.split("\n")[0]}` };
  }
  const { hostname, port: upstream, username, pathname } = new URL(url);
  const port = await freePort();
  const options = {
    listen_addr: "127.0.0.1",
    listen_port: String(port),
    unix_socket_dir: folder,
    auth_type: "any",
    pool_mode: "transaction",
    max_client_conn: "500",
    default_pool_size: "20",
    ...settings,
  };
  const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}`);
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(
    file,
    `[databases]\n* = host=${hostname} port=${upstream} user=${username}\n[pgbouncer]\n${lines.join("\n")}\n`,
  );
  if (isRoot) for (const name of [".", ...readdirSync(folder)]) chownSync(join(folder, name), NOBODY, NOBODY);
  // ast-grep-ignore: js-subprocess-timeout, reason: it is there until `remove`, which ends it
  const child = spawn(bin, [file], {
    cwd: folder,
    env,
    stdio: ["ignore", "ignore", "pipe"],
    ...(isRoot && { uid: NOBODY, gid: NOBODY }),
  });
  const remove = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(child);
  } catch (error) {
    await remove();
    throw error;
  }
  return { url: `postgres://${username}@127.0.0.1:${port}${pathname}`, remove };
}

function ready(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = "";
  const timer = setTimeout(() => reject(new Error(`PgBouncer did not start:\n${said}`)), READY_MS);
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-10_000);
    if (said.includes("process up")) resolve();
  });
  child.once("error", reject);
  child.once("exit", () => reject(new Error(`PgBouncer ended at its start:\n${said}`)));
  return promise.finally(() => clearTimeout(timer));
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await exit;
}
