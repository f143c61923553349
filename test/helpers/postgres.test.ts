import { expect, test } from "vitest";
import { administer, freshDatabase, ownPostgres } from "./postgres.ts";

test("each test has a database of its own on the Postgres of the run", async () => {
  const [one, other] = [await freshDatabase(), await freshDatabase()];
  expect(one).not.toBe(other);
  await administer(one, "CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
  expect(await administer(one, "SELECT n FROM t")).toEqual([{ n: 1 }]);
  await expect(administer(other, "SELECT n FROM t")).rejects.toMatchObject({ code: "42P01" });
});

test("a Postgres of a test's own survives a crash", async () => {
  const server = await ownPostgres();
  await administer(server.url, "CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)");
  await server.stop("immediate");
  await expect(administer(server.url, "SELECT 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await server.start();
  expect(await administer(server.url, "SELECT n FROM t")).toEqual([{ n: 1 }]);
});
