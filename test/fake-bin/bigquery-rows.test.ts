import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  fakeBigQuery,
  type FakeBigQuery,
  type FakeBigQueryField,
  type FakeBigQueryOptions,
} from "../../src/testing/fake-bigquery.ts";
import { genuineClient } from "../bigquery/client.ts";

let fake: FakeBigQuery;
let projects = 0;

beforeAll(async () => {
  fake = await fakeBigQuery();
});
afterAll(() => fake[Symbol.asyncDispose]());

type Rows = NonNullable<FakeBigQueryOptions["rows"]>;

async function jobOn(options: FakeBigQueryOptions) {
  const name = `p${++projects}`;
  await fake.project(name, options);
  const [job] = await genuineClient(fake.url, name).createQueryJob({ query: "SELECT 1" });
  return { job, where: `${fake.url}/bigquery/v2/projects/${name}/queries/${job.id!}` };
}

/** What the genuine client reads of these rows, and the answer that it reads. */
async function read(rows: Rows, schema?: readonly FakeBigQueryField[]) {
  const { job, where } = await jobOn({ rows, schema });
  // ast-grep-ignore: js-job-timeout, reason: the fake answers at once; the test has a limit of its own
  const [found] = await job.getQueryResults();
  return { rows: found as unknown, response: await json(where) };
}

async function json(where: string): Promise<unknown> {
  const answer = await fetch(where, { signal: AbortSignal.timeout(10_000) });
  return answer.json();
}

describe("the types of the columns", () => {
  it("are those of all rows: a column with one fraction is FLOAT", async () => {
    const { rows, response } = await read([{ n: 1 }, { n: 1.5 }, { n: null }]);
    expect(rows).toEqual([{ n: 1 }, { n: 1.5 }, { n: null }]);
    expect(response).toMatchObject({
      schema: { fields: [{ name: "n", type: "FLOAT", mode: "NULLABLE" }] },
      rows: [{ f: [{ v: "1.0" }] }, { f: [{ v: "1.5" }] }, { f: [{ v: null }] }],
    });
  });

  it("belong to names: a row without a column has null there", async () => {
    const { rows } = await read([{ a: 1 }, { b: 2 }, { b: 3, a: 4 }]);
    expect(rows).toEqual([
      { a: 1, b: null },
      { a: null, b: 2 },
      { a: 4, b: 3 },
    ]);
  });

  it("are RECORD for objects and REPEATED for lists, at any depth", async () => {
    const stays = [
      { guest: { name: "Ann", tags: ["a", "b"] }, nights: [{ day: 1 }, { day: 2, rate: 9.5 }] },
      { guest: null, nights: [] },
      { guest: { name: "Bea", tags: [] }, nights: null },
    ];
    const { rows, response } = await read(stays);
    expect(rows).toEqual([
      {
        guest: { name: "Ann", tags: ["a", "b"] },
        nights: [
          { day: 1, rate: null },
          { day: 2, rate: 9.5 },
        ],
      },
      { guest: null, nights: [] },
      { guest: { name: "Bea", tags: [] }, nights: [] },
    ]);
    expect(response).toMatchObject({
      schema: {
        fields: [
          {
            name: "guest",
            type: "RECORD",
            fields: [
              { name: "name", type: "STRING" },
              { name: "tags", type: "STRING", mode: "REPEATED" },
            ],
          },
          {
            name: "nights",
            type: "RECORD",
            mode: "REPEATED",
            fields: [
              { name: "day", type: "INTEGER" },
              { name: "rate", type: "FLOAT" },
            ],
          },
        ],
      },
    });
  });

  it("are BOOLEAN for true and false, and STRING for a column of nulls", async () => {
    const { response } = await read([{ open: true, note: null }]);
    expect(response).toMatchObject({
      schema: {
        fields: [
          { name: "open", type: "BOOLEAN" },
          { name: "note", type: "STRING" },
        ],
      },
      rows: [{ f: [{ v: "true" }, { v: null }] }],
    });
  });

  it("does not take a column from Object's own members", async () => {
    const { rows } = await read([{ constructor: "me" }, {}]);
    expect(rows).toEqual([{ constructor: "me" }, { constructor: null }]);
  });
});

describe("a schema", () => {
  it("gives the types that rows cannot show, as the client encodes them", async () => {
    const { rows } = await read(
      [
        {
          at: "2026-11-20T09:30:00.123456Z",
          day: "2026-11-20",
          id: "9007199254740",
          price: 12.5,
          more: { a: [1] },
        },
      ],
      [
        { name: "at", type: "TIMESTAMP" },
        { name: "day", type: "DATE" },
        { name: "id", type: "INT64" },
        { name: "price", type: "NUMERIC" },
        { name: "more", type: "JSON" },
        { name: "none", type: "BOOL", mode: "REPEATED" },
      ],
    );
    expect(JSON.parse(JSON.stringify(rows))).toEqual([
      {
        at: { value: "2026-11-20T09:30:00.123456000Z" },
        day: { value: "2026-11-20" },
        id: 9007199254740,
        price: "12.5",
        more: '{"a":[1]}',
        none: [],
      },
    ]);
  });

  it("can stand without rows", async () => {
    const { job } = await jobOn({ schema: [{ name: "at", type: "DATETIME" }] });
    // ast-grep-ignore: js-job-timeout, reason: the fake answers at once; the test has a limit of its own
    const [rows, , response] = await job.getQueryResults();
    expect(rows).toEqual([]);
    expect(response?.schema?.fields).toEqual([{ name: "at", type: "DATETIME", mode: "NULLABLE" }]);
  });

  it.each([
    ["formatOptions.useInt64Timestamp=true", "1763631000123456"],
    ["formatOptions.useInt64Timestamp=True", "1763631000123456"],
    ["formatOptions.timestampOutputFormat=ISO8601_STRING", "2025-11-20T09:30:00.123456Z"],
    ["", "1.763631000123456E9"],
  ])("writes a TIMESTAMP as the request asks (%s)", async (asked, cell) => {
    const rows = [{ at: "2025-11-20 10:30:00.123456+01:00" }];
    const { where } = await jobOn({ rows, schema: [{ name: "at", type: "TIMESTAMP" }] });
    expect(await json(`${where}?${asked}`)).toMatchObject({ rows: [{ f: [{ v: cell }] }] });
  });
});

describe("what no table can have", () => {
  it.each<[string, FakeBigQueryOptions, string]>([
    [
      "two types in one column",
      { rows: [{ a: 1 }, { a: "x" }] },
      "rows: column 'a' is INTEGER in one row and STRING in another (row 2). A column has one type; a schema can say which",
    ],
    [
      "a list of lists",
      { rows: [{ a: { b: [[1]] } }] },
      "rows: column 'a.b' has a list in a list, which BigQuery does not have (row 1). A column has one type; a schema can say which",
    ],
    [
      "a row that is no object",
      { rows: [{ a: 1 }, 2 as never] },
      "rows must be a list of objects; row 2 is none",
    ],
    [
      "an unknown type",
      { schema: [{ name: "a", type: "INTGER" }] },
      "schema: field 'a' has the unknown type 'INTGER'; did you mean INTEGER?",
    ],
    [
      "a column that the schema has not",
      { rows: [{ nigths: 1 }], schema: [{ name: "nights", type: "INT64" }] },
      "rows: row 1 has a column 'nigths', which the schema has not; did you mean nights?",
    ],
    [
      "a value that is not of its type",
      { rows: [{ a: "soon" }], schema: [{ name: "a", type: "TIMESTAMP" }] },
      "rows: row 1, column 'a' has a value that is no TIMESTAMP",
    ],
    ...(
      [
        ["DATE", "2026-13-01"],
        ["TIME", "10:00"],
        ["DATETIME", "2026-01-01 10:00:00"],
        ["BYTES", "ä"],
        ["INT64", "9223372036854775808"],
      ] as const
    ).map(([type, value]): [string, FakeBigQueryOptions, string] => [
      `no ${type}`,
      { rows: [{ a: value }], schema: [{ name: "a", type }] },
      `rows: row 1, column 'a' has a value that is no ${type === "INT64" ? "INTEGER" : type}`,
    ]),
    [
      "a whole number with more digits than JSON keeps",
      { rows: [{ a: 2 ** 53 }] },
      "rows: column 'a' has 9007199254740992, whose digits JSON does not keep: write text (row 1)",
    ],
    [
      "the same in a column of a schema",
      { rows: [{ a: 2 ** 53 }], schema: [{ name: "a", type: "INT64" }] },
      "rows: row 1, column 'a' has 9007199254740992, whose digits JSON does not keep: write text",
    ],
    [
      "two columns that only case tells apart",
      { rows: [{ id: 1 }, { ID: 2 }] },
      "rows: 'id' and 'ID' are one column, as BigQuery does not tell upper from lower case",
    ],
    ["no column", { rows: [{}] }, "rows: there is no column"],
    ["a record without a column", { rows: [{ a: {} }] }, "rows: column 'a': there is no column"],
    [
      "a misspelt word of a field",
      { schema: [{ name: "a", type: "INT64", moed: "REPEATED" } as never] },
      "schema: field 'a' has 'moed', which no field has; did you mean mode?",
    ],
  ])("is refused: %s", async (_, options, message) => {
    await expect(fake.project("bad", options)).rejects.toThrow(`fakeBigQuery(): ${message}`);
    await expect(fakeBigQuery(options)).rejects.toThrow(`fakeBigQuery(): ${message}`);
  });
});

describe("fakeBigQuery()", () => {
  it.each([
    ["a Map", new Map([["a", 1]]), "a Map; write it as text, with a schema that says its type"],
    ["bytes", Buffer.from("x"), "a Buffer; write it as text, with a schema that says BYTES (in base64)"],
    ["a date that is none", new Date(NaN), "an invalid Date; write it as text"],
  ])("refuses what JSON would make another value of: %s", async (_, value, message) => {
    await expect(fakeBigQuery({ rows: [{ at: value }] })).rejects.toThrow(`fakeBigQuery(): at is ${message}`);
  });

  it("takes objects of every plain kind, and dates", async () => {
    const made: unknown = Object.assign(Object.create(null), { on: new Date(0) });
    expect((await read([{ made }])).rows).toEqual([{ made: { on: "1970-01-01T00:00:00.000Z" } }]);
  });

  it("takes 20,000 rows, more than a command line has room for", async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => ({ n, name: `property ${n}` }));
    await using own = await fakeBigQuery({ rows });
    const [all] = await genuineClient(own.url, "p").query("SELECT 1");
    expect(all).toEqual(rows);
  });

  it("refuses an option that it does not have, and one of the wrong kind", async () => {
    const unknown = "row is not an option; the options are mode, rows, schema, runMs";
    await expect(fakeBigQuery({ row: [] } as object)).rejects.toThrow(`fakeBigQuery(): ${unknown}`);
    await expect(fake.project("p", { row: [] } as object)).rejects.toThrow(`fakeBigQuery(): ${unknown}`);
    await expect(fakeBigQuery({ rows: "[]" as never })).rejects.toThrow(
      "fakeBigQuery(): rows must be a list",
    );
    await expect(fakeBigQuery({ rows: [{ n: 1n }] })).rejects.toThrow("n is a BigInt");
    await expect(fakeBigQuery({ rows: [{ n: NaN }] })).rejects.toThrow("n is NaN; write it as text");
    await expect(fakeBigQuery({ mode: "hang-insrt" })).rejects.toThrow("did you mean hang-insert?");
  });
});
