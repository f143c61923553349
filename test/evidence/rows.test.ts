import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import { CallError, defineCall, rowsExist, task, type RowsOptions } from "../../src/index.ts";
import { tempFolder as folder } from "../helpers/files.ts";

function posts(): DatabaseSync {
  const database = new DatabaseSync(path.join(folder(), "posts.db"));
  onTestFinished(() => database.close());
  database.exec("CREATE TABLE posts (id INTEGER PRIMARY KEY, slot TEXT, call_id TEXT, body TEXT)");
  return database;
}

interface Post {
  readonly slot: string;
}

const publishInto = (
  client: DatabaseSync,
  options: Partial<RowsOptions<Post>> = {},
  work?: (callId: string) => void,
) =>
  defineCall({
    name: "publish-post",
    callee: task(async (post: Post, { callId }) => {
      work?.(callId);
      return post;
    }),
    timeout: "20s",
    effects: "none",
    evidence: [
      rowsExist<Post>({
        client,
        query: "SELECT id, body FROM posts WHERE call_id = ?",
        params: (_post, { callId }) => [callId],
        within: 150,
        ...options,
      }),
    ],
  });

describe("rowsExist", () => {
  it("keeps how many rows there are and their ids, and nothing else of them", async () => {
    const client = posts();
    const insert = client.prepare("INSERT INTO posts (slot, call_id, body) VALUES (?, ?, 'canary-9')");
    const call = publishInto(client, { min: 2 }, (callId) => {
      insert.run("a", callId);
      insert.run("b", callId);
    });
    const { evidence } = await call({ slot: "a" });
    expect(evidence).toEqual([{ kind: "rows", rows: 2, ids: ["1", "2"] }]);
  });

  it("is missing when the call made none, though an earlier one did", async () => {
    const client = posts();
    client.prepare("INSERT INTO posts (slot, call_id) VALUES ('a', 'an earlier call')").run();
    const error = await publishInto(client).settle({ slot: "a" });
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ code: "evidence_missing" });
    expect((error as CallError).message).toContain(
      "the evidence is missing: the query found 0 rows, fewer than min (1)",
    );
  });

  it("does not take the one row of count(*) for the thing that it counts", async () => {
    const client = posts();
    const query = "SELECT count(*) FROM posts WHERE slot = ?";
    const call = publishInto(client, { query, params: ({ slot }) => [slot] });
    expect(await call.settle({ slot: "a" })).toMatchObject({ code: "evidence_missing" });
    client.exec("INSERT INTO posts (slot) VALUES ('a'), ('a'), ('a')");
    expect(await call({ slot: "a" })).toMatchObject({ evidence: [{ kind: "rows", rows: 3, ids: [] }] });
  });

  it("takes a client that answers a query with rows", async () => {
    const database = posts();
    database.exec("INSERT INTO posts (slot) VALUES ('a')");
    const statement = database.prepare("SELECT id FROM posts WHERE slot = ?");
    const client = {
      // What a pool of pg answers, over a real database.
      query: async (_text: string, values: readonly string[]) => ({ rows: statement.all(...values) }),
    };
    const look = rowsExist<Post>({ client, query: "SELECT …", params: ({ slot }) => [slot] });
    const call = defineCall({
      name: "publish-post",
      callee: task(async (post: Post) => post),
      timeout: "20s",
      effects: "none",
      evidence: [look],
    });
    expect(await call({ slot: "a" })).toMatchObject({ evidence: [{ kind: "rows", rows: 1, ids: ["1"] }] });
  });

  it("fails with the kind of the database's error, without its words", async () => {
    const call = publishInto(posts(), { query: "SELECT nothing FROM canary" });
    const error = (await call.settle({ slot: "a" })) as CallError;
    expect(error.message).toContain(
      "reported success, but looking for the evidence failed: Error (ERR_SQLITE_ERROR)",
    );
    expect(error).toMatchObject({ code: "evidence_missing", effect: "completed" });
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("is bounded when the client never answers", async () => {
    const client = { query: () => new Promise(() => undefined) };
    const call = publishInto(posts(), { client, within: 100 });
    const error = (await call.settle({ slot: "a" })) as CallError;
    expect(error.message).toContain("the evidence is missing: looking for it took longer than 100 ms");
  });
});
