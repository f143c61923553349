import { expect, test } from "vitest";
import { missingRights } from "../../src/core/rights.ts";

type Rights = Readonly<Record<string, "whole" | "partial" | "none">>;
const deno = (rights: Rights) => ({
  Deno: {
    permissions: {
      querySync: ({ name }: { readonly name: string }) => {
        const right = rights[name] ?? "none";
        return { state: right === "none" ? "prompt" : "granted", partial: right === "partial" } as const;
      },
    },
  },
});

test.each([
  [{ env: "whole", read: "whole", run: "whole" }, undefined],
  [{}, "--allow-env, --allow-read, --allow-run"],
  [{ env: "whole", run: "whole" }, "--allow-read"],
  // --deny-env=SECRET takes something out of a right that was given.
  [{ env: "partial", read: "whole", run: "whole" }, "--allow-env"],
] satisfies [Rights, string | undefined][])("of the rights %j is missing: %s", (rights, missing) => {
  const said = missingRights(deno(rights));
  expect(said).toBe(
    missing &&
      `hardcall needs more rights than Deno was given: ${missing}, without a list of names; start it with deno run --allow-all.`,
  );
});

test("Node.js asks for no right here", () => {
  expect(missingRights()).toBeUndefined();
});
