import { Script } from "node:vm";
import type { ErrorObject, Options, ValidateFunction } from "ajv";
import { TooLate } from "../core/allowance.ts";
import { formatDuration } from "../core/duration.ts";
import type { SchemaIssue, SchemaVerdict, StandardSchema } from "../core/standard-schema.ts";

/** Nothing is passed over: a keyword or a format that is not checked would be a promise that is not kept. */
const STRICT: Options = {
  strict: true,
  // These three complain of schemas that are valid and are checked in full.
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  allErrors: true,
  // Otherwise every object would have a "toString".
  ownProperties: true,
  logger: false,
};

/**
 * A JSON Schema (draft 6, 7, 2019-09 or 2020-12, as its `$schema` says) as a contract. Without `$schema` it is 2020-12, or
 * draft 7 where it uses what only that has.
 *
 * @param endsAt when a validation must be over, on the clock of `performance.now()`; it gets at least 1 s
 * @throws Error whose message says what cannot be checked: an unknown keyword, format or draft, a broken `$ref`
 */
export async function jsonSchema(schema: Record<string, unknown>, endsAt = 0): Promise<StandardSchema> {
  const validate = await compile(schema);
  return {
    "~standard": {
      version: 1,
      vendor: "hardcall",
      jsonSchema: { input: () => schema },
      // The value as it was printed, not as a library would rebuild it.
      validate: (value) =>
        inTime(
          (): SchemaVerdict<unknown> =>
            validate(value) ? { value } : { issues: (validate.errors ?? []).map(issueOf) },
          Math.max(LEAST_MS, Math.ceil(endsAt - performance.now())),
        ),
    },
  };
}

const LEAST_MS = 1000;

/**
 * Runs `work`, and stops it when it takes longer. A pattern such as `^(a+)+$` can compute for years, and until it ends no timer and
 * no signal handler of this process runs: nothing but the engine itself can stop it.
 *
 * @throws TooLate; what the work throws
 */
function inTime<T>(work: () => T, milliseconds: number): T {
  try {
    return new Script("work()").runInNewContext({ work }, { timeout: milliseconds }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException | undefined)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw new TooLate(`took longer than ${formatDuration(milliseconds)}`, { cause: error });
  }
}

async function compile(schema: Record<string, unknown>): Promise<ValidateFunction> {
  const { $schema: draft } = schema;
  if (typeof draft === "string" && draft.includes("2019-09")) return await compileAs("2019-09", schema);
  if (typeof draft === "string" && !draft.includes("2020-12")) return await compileAs("7", schema);
  try {
    return await compileAs("2020-12", schema);
  } catch (error) {
    if (draft !== undefined) throw error;
    return await compileAs("7", schema).catch(() => {
      throw error;
    });
  }
}

async function compileAs(draft: "7" | "2019-09" | "2020-12", schema: Record<string, unknown>) {
  const { default: addFormats } = await import("ajv-formats");
  const ajv = await (async () => {
    switch (draft) {
      case "2020-12":
        return new (await import("ajv/dist/2020.js")).Ajv2020(STRICT);
      case "2019-09":
        return new (await import("ajv/dist/2019.js")).Ajv2019(STRICT);
      case "7": {
        const { Ajv } = await import("ajv");
        const { default: draft6 } = await import("ajv/dist/refs/json-schema-draft-06.json", {
          with: { type: "json" },
        });
        return new Ajv(STRICT).addMetaSchema(draft6);
      }
      default:
        throw new Error(`Unexpected draft: ${String(draft satisfies never)}`);
    }
  })();
  addFormats.default(ajv);
  return ajv.compile(schema);
}

function issueOf({ instancePath, keyword, params, message }: ErrorObject): SchemaIssue {
  const path: PropertyKey[] = instancePath
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const { missingProperty } = params as { readonly missingProperty?: string };
  if (keyword === "required" && missingProperty !== undefined) path.push(missingProperty);
  return { message: message ?? `does not fit ${keyword}`, path };
}
