import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { withPassfile } from "../../../src/database/postgres/passfile.ts";
import { tempFolder } from "../../helpers/files.ts";
import { isPostgresUrl, readPostgresUrl } from "../../../src/database/postgres/url.ts";

describe("a file of passwords", () => {
  const passwordIn = (url: string, lines: readonly string[], mode = 0o600) => {
    const file = path.join(tempFolder(), "pgpass");
    writeFileSync(file, lines.join("\n"), { mode });
    return new URL(
      withPassfile(readPostgresUrl(url).connectionString, { PGPASSFILE: file }),
    ).searchParams.get("password");
  };

  it.each([
    ["postgres://ada@db:6432/jobs", ["db:6432:jobs:ada:secret"], "secret"],
    [
      "postgres://ada@db/jobs",
      ["# a comment", "", "other:*:*:*:no", "db:5432:*:ada:yes", "*:*:*:*:late"],
      "yes",
    ],
    ["postgres://ada@db", ["db:5432:ada:ada:of its own"], "of its own"],
    ["postgres://a%3Ab@db/jobs", ["db:*:*:a\\:b:x\\\\y\\:z"], "x\\y:z"],
    ["postgres://ada@/jobs?host=/run/pg", ["localhost:5432:jobs:ada:socket"], "socket"],
    ["postgres://ada@[::1]/jobs", ["\\:\\:1:5432:jobs:ada:six"], "six"],
    ["postgres://eve@db/jobs", ["db:*:*:ada:secret"], null],
    ["postgres://ada:own@db/jobs", ["*:*:*:*:secret"], null],
  ])("for %s with %j: %s", (url, lines, password) => {
    expect(passwordIn(url, lines)).toBe(password);
  });

  it("counts for nothing when others may read it", () => {
    expect(passwordIn("postgres://ada@db/jobs", ["*:*:*:*:secret"], 0o644)).toBe(null);
  });
});

describe("a URL that names a ledger", () => {
  it.each([
    ["postgres://ada:pw@db.example.com/jobs", "postgres://db.example.com:5432/jobs", "hardcall"],
    ["postgresql://ada@db:6432/jobs?schema=billing", "postgres://db:6432/jobs?schema=billing", "billing"],
    ["postgres://ada:a%40b%2Fc@[::1]:5433/jobs", "postgres://[::1]:5433/jobs", "hardcall"],
    ["postgres://ada:pw@ss@db/jobs", "postgres://db:5432/jobs", "hardcall"],
    ["postgres:///jobs?host=/run/postgresql", "postgres:///jobs?host=/run/postgresql", "hardcall"],
    ["postgres://ada:pw@/jobs?host=/run/postgresql", "postgres:///jobs?host=/run/postgresql", "hardcall"],
    ["postgres://%2Frun%2Fpostgresql/jobs", "postgres:///jobs?host=/run/postgresql", "hardcall"],
  ])("%s is at %s", (url, location, schema) => {
    expect(isPostgresUrl(url)).toBe(true);
    const read = readPostgresUrl(url);
    expect(read).toMatchObject({ location, schema });
    expect(read.connectionString).not.toContain("schema=");
  });

  it.each([
    ["postgres://ada:se#cret@db/jobs", "does not parse"],
    ["postgres://ada:12#cret@db/jobs", "does not parse"],
    ["postgres://ada:12/cret@db/jobs", "does not parse"],
    ["postgres://ada:12?cret@db/jobs", "does not parse"],
    ["postgres://ada:se/cret@db/jobs", "does not parse"],
    ["postgres://ada:secret@db:notaport/jobs", "does not parse"],
    ["postgres://ada:secret@db/jobs/more", "does not parse"],
    ["postgres:ada:secret@db/jobs", "does not parse"],
    ["postgres://ada:se cret@db/jobs", "contains a blank"],
    ["postgres://ada:secret@db/jobs\n", "contains a blank"],
    ["postgres://ada:se%cret@db/jobs", 'contains a "%"'],
    ["postgres://ada:secret@/jobs", "has no host"],
    ["postgres://ada:secret@db/jobs?schema=a&schema=b", "has more than one schema"],
    ["postgres://ada:secret@db/jobs?schema=Upper", "names a schema that cannot be one"],
    ["postgres://ada:secret@db/jobs?schema=pg_x", "names a schema that cannot be one"],
    ["postgres://ada:secret@db/jobs?schema=", "names a schema that cannot be one"],
    ['postgres://ada:secret@db/jobs?schema=a"b', "names a schema that cannot be one"],
    ["postgres://ada:secret@db/jobs?sslmode=on", "has an unknown sslmode"],
    ["mysql://ada:secret@db/jobs", "is a URL of something else"],
    ["postgresql+asyncpg://ada:secret@db/jobs", "is a URL of something else"],
    ["postgres://ada:secret@db/jobs%00x", "contains a NUL"],
    ["postgres://ada%00:secret@db/jobs", "contains a NUL"],
    ["postgres://ada:secret@db/jobs?service=x", "has the parameter service, which hardcall does not follow"],
    ["postgres:///jobs?hostaddr=10.0.0.1", "has the parameter hostaddr"],
    ["postgres://ada:secret@db/jobs?host=a,b", "names several hosts"],
    ["postgres://ada:secret@db/jobs?sslmode=verify-ca", "needs sslrootcert=FILE"],
    ["postgres://ada:secret@db/jobs?shema=a", "has an unknown parameter; did you mean schema?"],
    ["postgres://ada:secret@db/jobs?Schema=a", "has an unknown parameter; did you mean schema?"],
    ["postgres://ada:secret@db/jobs?ssl_mode=verify-full", "did you mean sslmode?"],
  ])("%s is refused, and not shown", (url, message) => {
    const read = () => readPostgresUrl(url, "HARDCALL_LEDGER");
    expect(read).toThrow(expect.objectContaining({ code: "invalid_config" }));
    expect(read).toThrow(message);
    expect(read).toThrow(/^HARDCALL_LEDGER /);
    expect(read).not.toThrow(/cret|ada/);
  });

  it.each(["sslcrl=f", "ssl=true", "query_timeout=30000", "pgbouncer=true", "options=a"])(
    "%s is left to pg",
    (parameter) => {
      expect(readPostgresUrl(`postgres://db/jobs?${parameter}`).connectionString).toContain(parameter);
    },
  );

  it.each(["disable", "allow", "prefer", "require", "verify-full"])(
    "sslmode=%s means what it means to psql",
    (mode) => {
      const { connectionString } = readPostgresUrl(`postgres://db/jobs?sslmode=${mode}`);
      expect(new URL(connectionString).searchParams.get("uselibpqcompat")).toBe("true");
    },
  );
});
