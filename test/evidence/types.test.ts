import { DatabaseSync } from "node:sqlite";
import { expectTypeOf, it } from "vitest";
import { z } from "zod";
import {
  command,
  defineCall,
  eventually,
  evidenceCommand,
  fileWritten,
  httpFound,
  rowsExist,
  type FoundEvidence,
} from "../../src/index.ts";

it("evidence sees the value that the schema makes", () => {
  const client = new DatabaseSync(":memory:");
  const call = defineCall({
    name: "write-draft",
    callee: command("draft"),
    timeout: "1m",
    effects: "none",
    output: z.object({ slot: z.string() }),
    evidence: [
      (draft) => draft.slot !== "",
      fileWritten(({ slot }: { slot: string }, { key }) => `${slot}${key ?? ""}`),
      httpFound((draft: { slot: string }) => new URL(`https://example.org/${draft.slot}`)),
      evidenceCommand("test", ({ slot }: { slot: string }) => ["-e", slot]),
      eventually((draft: { slot: string }) => draft.slot),
      rowsExist({
        client,
        query: "SELECT id FROM posts WHERE slot = ? AND at > ?",
        params: ({ slot }: { slot: string }, { startedAt }) => [slot, startedAt.getTime()],
      }),
      // @ts-expect-error a value of another shape than the call gives
      fileWritten(({ path }: { path: string }) => path),
    ],
  });
  type Result = Awaited<ReturnType<typeof call>>;
  expectTypeOf<Result["evidence"]>().toEqualTypeOf<readonly FoundEvidence[] | undefined>();
  client.close();
});
