import { expect, test } from "vitest";
import { pathToFileURL } from "node:url";
import path from "node:path";
import { newId } from "../../src/core/new-id.ts";
import { ROOT } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("each id is a random UUID, and no two are the same", () => {
  const ids = Array.from({ length: 1000 }, newId);
  expect(new Set(ids).size).toBe(1000);
  expect(ids.filter((id) => !UUID_4.test(id))).toEqual([]);
});

test("the first ids of two processes differ", async () => {
  const file = pathToFileURL(path.join(ROOT, "src/core/new-id.ts")).href;
  const program = `import { newId } from ${JSON.stringify(file)}; console.log(newId());`;
  const ends = await Promise.all(
    [1, 2].map(() => run(process.execPath, ["--input-type=module", "--eval", program])),
  );
  const [one, other] = ends.map(({ stdout }) => stdout.toString().trim());
  expect(one).toMatch(UUID_4);
  expect(other).toMatch(UUID_4);
  expect(one).not.toBe(other);
});
