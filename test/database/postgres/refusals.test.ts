import { writeFileSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from "vitest";
import { postgresAt } from "../../../src/database/postgres/connect.ts";
import type { ConnectOptions } from "../../../src/database/postgres/database.ts";
import { POSTGRES_MIGRATIONS } from "../../../src/database/postgres/migrations.ts";
import { LedgerError } from "../../../src/database/errors.ts";
import { makeCertificate, type Certificate } from "../../helpers/certificate.ts";
import { tempFolder } from "../../helpers/files.ts";
import { tcpProxy } from "../../helpers/tcp-proxy.ts";
import { administer } from "../../helpers/postgres.ts";
import { startPostgres, type PostgresServer } from "../../helpers/postgres-server.ts";

const SECRET = "x0-geheim-77";

let certificate: Certificate;
let server: PostgresServer;
let admin: string;

beforeAll(async () => {
  certificate = makeCertificate("localhost");
  server = await startPostgres({
    settings: { ssl: "on", ssl_cert_file: certificate.certificate, ssl_key_file: certificate.key },
    access: [
      "local all all trust",
      "hostssl encrypted worker 127.0.0.1/32 scram-sha-256",
      "hostnossl encrypted worker 127.0.0.1/32 reject",
      "hostnossl open worker 127.0.0.1/32 trust",
      "host all postgres 127.0.0.1/32 trust",
      "host all all 127.0.0.1/32 scram-sha-256",
    ],
  });
  admin = server.url;
  await administer(
    admin,
    `CREATE ROLE worker LOGIN PASSWORD '${SECRET}'`,
    "CREATE DATABASE encrypted",
    "CREATE DATABASE open",
    "CREATE DATABASE jobs",
    "GRANT CREATE ON DATABASE encrypted TO worker",
    "GRANT CREATE ON DATABASE open TO worker",
  );
});
afterAll(async () => {
  await server.remove();
  certificate.remove();
});

const as = (user: string, database: string, rest = "") =>
  `postgres://${user}@localhost:${server.port}/${database}${rest}`;

/** The error of opening a ledger, which comes at once although there would be time to try again. */
async function refusal(url: string, options: ConnectOptions = {}): Promise<LedgerError> {
  const database = postgresAt(url, options);
  onTestFinished(() => database.close());
  const begin = performance.now();
  const error: unknown = await database.open(60_000).then(
    () => new Error("it opened"),
    (reason: unknown) => reason,
  );
  expect(performance.now() - begin).toBeLessThan(20_000);
  expect(error).toBeInstanceOf(LedgerError);
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(SECRET);
  return error as LedgerError;
}

async function opens(url: string): Promise<string> {
  const database = postgresAt(url);
  onTestFinished(() => database.close());
  await database.open(60_000);
  const { isEncrypted } = await database.facts(60_000);
  return isEncrypted ? "TLS" : "plain";
}

describe("who connects", () => {
  it("with a wrong password", async () => {
    const error = await refusal(as(`worker:${SECRET}-no`, "jobs"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "refused" });
    expect(error.message).toBe(
      `The ledger postgres://localhost:${server.port}/jobs refused the user or the password. Check them in its URL (or PGUSER, PGPASSWORD, PGPASSFILE), and pg_hba.conf.`,
    );
  });

  it("without a password, and no connection is left that waits for one", async () => {
    const proxy = await tcpProxy(as("worker", "jobs"));
    for (let turn = 0; turn < 3; turn += 1) await refusal(proxy.url);
    await expect.poll(() => proxy.connections()).toBe(0);
  });

  it("with a database whose encoding cannot hold every text", async () => {
    await administer(admin, "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    const error = await refusal(as("postgres", "latin"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "refused" });
    expect(error.message).toContain("is encoded in LATIN1, which cannot hold every text. Create one with");
  });

  it("with a folder where a certificate should be", async () => {
    const error = await refusal(as("worker", "jobs", `?sslmode=verify-full&sslrootcert=${tempFolder()}`));
    expect(error).toMatchObject({ code: "invalid_config" });
    expect(error.message).toContain("that sslrootcert names in the ledger's URL cannot be read (EISDIR)");
  });

  it("without a password", async () => {
    const error = await refusal(as("worker", "jobs"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "refused" });
    expect(error.message).toContain("asks for a password, and none was given. Set PGPASSWORD or PGPASSFILE");
  });

  it("to a database that there is not", async () => {
    const error = await refusal(as("postgres", "nowhere"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "refused" });
    expect(error.message).toBe(
      `The ledger postgres://localhost:${server.port}/nowhere has no such database. Create it, or check the name in the URL; without a name, Postgres takes the user's.`,
    );
  });

  it("without the right to create the ledger", async () => {
    const error = await refusal(as(`worker:${SECRET}`, "jobs"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "older_schema" });
    expect(error.message).toBe(
      `There is no ledger at postgres://localhost:${server.port}/jobs yet, and this user may not create one. Run "hardcall ledger migrate" as a user who may create tables there.`,
    );
  });
});

describe("how a user is named", () => {
  const HARD = "p@s#s/w?o%r d:ä";

  function setVariables(variables: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(variables)) {
      const before = process.env[name];
      process.env[name] = value;
      onTestFinished(() => {
        if (before === undefined) delete process.env[name];
        else process.env[name] = before;
      });
    }
  }

  beforeAll(async () => {
    await administer(admin, `CREATE ROLE hard LOGIN PASSWORD '${HARD}'`, "CREATE DATABASE hard OWNER hard");
  });

  it("with a password of many signs, encoded in the URL", async () => {
    expect(await opens(as(`hard:${encodeURIComponent(HARD)}`, "hard"))).toBe("plain");
  });

  it("by PGUSER and PGPASSWORD", async () => {
    setVariables({ PGUSER: "hard", PGPASSWORD: HARD });
    expect(await opens(`postgres://localhost:${server.port}/hard?schema=by_variables`)).toBe("plain");
  });

  it("by a file that PGPASSFILE names", async () => {
    const file = path.join(tempFolder(), "pgpass");
    writeFileSync(file, `localhost:${server.port}:hard:hard:${HARD.replace(":", "\\:")}\n`, { mode: 0o600 });
    setVariables({ PGPASSFILE: file });
    expect(await opens(as("hard", "hard", "?schema=by_file"))).toBe("plain");
  });

  it("over a socket in a folder", async () => {
    const url = `postgres://worker@/open?host=${encodeURIComponent(server.folder)}&port=${server.port}&schema=by_socket`;
    const database = postgresAt(url);
    onTestFinished(() => database.close());
    await database.open(60_000);
    expect(database.location).toBe(`postgres:///open?host=${server.folder}&schema=by_socket`);
  });
});

describe("TLS", () => {
  it.each([
    ["disable", "open", "plain"],
    ["allow", "open", "plain"],
    ["allow", "encrypted", "TLS"],
    ["prefer", "encrypted", "TLS"],
    ["require", "encrypted", "TLS"],
  ])("sslmode=%s to the database %s: %s", async (mode, database, how) => {
    expect(await opens(as(`worker:${SECRET}`, database, `?sslmode=${mode}`))).toBe(how);
  });

  it.each(["verify-ca", "verify-full", "require"])(
    "sslmode=%s with the certificate's authority",
    async (mode) => {
      const file = encodeURIComponent(certificate.certificate);
      expect(await opens(as(`worker:${SECRET}`, "encrypted", `?sslmode=${mode}&sslrootcert=${file}`))).toBe(
        "TLS",
      );
    },
  );

  it("sslmode=verify-full with an authority that no one knows", async () => {
    const error = await refusal(as(`worker:${SECRET}`, "encrypted", "?sslmode=verify-full"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "refused" });
    expect(error.message).toMatch(/^The certificate of the ledger .* is not trusted \(\w+\)/);
  });

  it("sslmode=verify-full with the certificate of another host", async () => {
    const file = encodeURIComponent(certificate.certificate);
    const url = as(`worker:${SECRET}`, "encrypted", `?sslmode=verify-full&sslrootcert=${file}`);
    const error = await refusal(url.replace("localhost", "127.0.0.1"));
    expect(error.message).toContain("is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)");
  });

  it("a server that takes nothing else", async () => {
    const error = await refusal(as(`worker:${SECRET}`, "encrypted"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "refused" });
    expect(error.message).toContain("takes only connections with TLS from here");
  });

  it("a file that is not there", async () => {
    const error = await refusal(as("postgres", "jobs", "?sslmode=verify-ca&sslrootcert=/nowhere/ca.pem"));
    expect(error).toMatchObject({ code: "invalid_config" });
    expect(error.message).toBe(
      "The file that sslrootcert names in the ledger's URL cannot be read (ENOENT).",
    );
  });

  test("a server without TLS: prefer goes without, require is refused", async () => {
    const plain = await startPostgres();
    onTestFinished(() => plain.remove());
    expect(await opens(`${plain.url}?sslmode=prefer`)).toBe("plain");
    const error = await refusal(`${plain.url}?sslmode=require`);
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "refused" });
    expect(error.message).toContain("does not offer TLS, and its URL asks for it (sslmode)");
  });
});

describe("what is there", () => {
  it("another program's schema of the same name: nothing is written", async () => {
    await administer(admin, "CREATE DATABASE other");
    await administer(as("postgres", "other"), "CREATE SCHEMA hardcall CREATE TABLE operations (id int)");
    const error = await refusal(as("postgres", "other"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "not_a_ledger" });
    expect(error.message).toBe(
      `The schema "hardcall" of postgres://localhost:${server.port}/other holds tables that are not a hardcall ledger. Nothing was written. Name another schema with ?schema=NAME in the URL.`,
    );
    expect(await opens(as("postgres", "other", "?schema=ledger"))).toBe("plain");
  });

  it("a ledger of a newer version", async () => {
    await opens(as("postgres", "open", "?schema=newer"));
    await administer(as("postgres", "open"), "INSERT INTO newer.ledger_migrations (version) VALUES (99)");
    const error = await refusal(as("postgres", "open", "?schema=newer"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "newer_schema" });
    expect(error.message).toContain(
      `has schema version 99, and this hardcall knows versions up to ${POSTGRES_MIGRATIONS.length}. Upgrade`,
    );
  });

  it("an older one that this user may not migrate", async () => {
    const url = as("postgres", "open", "?schema=older");
    await opens(url);
    await administer(
      as("postgres", "open"),
      "DELETE FROM older.ledger_migrations",
      "GRANT USAGE ON SCHEMA older TO worker",
      "GRANT SELECT ON ALL TABLES IN SCHEMA older TO worker",
    );
    const error = await refusal(as("worker", "open", "?schema=older"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "older_schema" });
    expect(error.message).toContain('Run "hardcall ledger migrate" as a user who may create tables there.');
  });

  it("one whose tables this user may not read", async () => {
    await opens(as("postgres", "open", "?schema=closed"));
    const error = await refusal(as("worker", "open", "?schema=closed"));
    expect(error).toMatchObject({ code: "ledger_unavailable", reason: "refused" });
    expect(error.message).toContain("does not give this user the rights that it needs");
  });

  it("none, for one who only looks", async () => {
    const error = await refusal(as("postgres", "open", "?schema=nothing"), { mayCreate: false });
    expect(error).toMatchObject({ code: "invalid_config" });
    expect(error.message).toContain("There is no ledger at");
  });

  it("an empty schema that an owner has made for a user who may make none: the ledger is created in it", async () => {
    await administer(as("postgres", "jobs"), "CREATE SCHEMA prepared AUTHORIZATION worker");
    expect(await opens(as(`worker:${SECRET}`, "jobs", "?schema=prepared"))).toBe("plain");
  });
});
