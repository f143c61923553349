import { parseForeignJson } from "../core/foreign.ts";
import { readOptions, type Kinds } from "../core/options.ts";
import { isStandardSchema, type StandardSchema } from "../core/standard-schema.ts";
import { describeIssues } from "../core/issues.ts";
import { ContentScan } from "./content-scan.ts";
import { EvidenceFound, type Evidence, type EvidenceContext, type EvidenceCheck } from "../core/evidence.ts";
import { eventually, type SettlingOptions } from "./eventually.ts";

export interface HttpOptions extends SettlingOptions {
  /** The status that the answer must have. @default any from 200 to 299 */
  readonly status?: number | undefined;
  /** A smaller body does not count. @default 1 */
  readonly minBytes?: number | undefined;
  /** A text that the body must contain. Many sites answer 200 for a page that does not exist. */
  readonly contains?: string | undefined;
  /** A Standard Schema for the body, parsed as JSON. */
  readonly schema?: StandardSchema | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `"manual"`: a redirect does not count, because it often leads to a login page that answers 200. @default "manual" */
  readonly redirect?: "manual" | "follow" | undefined;
}

const LARGEST_BODY = 16 * 1024 * 1024;

/**
 * A page or resource that the call must have made. hardcall sends a GET. Found: `url` (without query), `status`, `bytes`, `sha256`.
 *
 * @example
 * evidence: [httpFound((post: Published) => `https://example.org/p/${post.id}`, { contains: "</article>", within: "30s" })];
 */
export function httpFound<Value = unknown>(
  url: string | URL | ((value: Value, context: EvidenceContext) => string | URL),
  options: HttpOptions = {},
): Evidence<Value> {
  const problems: string[] = [];
  const read = readOptions<HttpOptions>(options, HTTP_OPTIONS, problems);
  const { minBytes = 1, schema } = read;
  if (typeof url !== "function" && !isUrl(url)) problems.push("httpFound() needs an absolute URL");
  if (!Number.isInteger(minBytes) || minBytes < 0)
    problems.push("minBytes must be a whole number of bytes from 0");
  if (schema !== undefined && !isStandardSchema(schema)) problems.push("schema must be a Standard Schema");
  return eventually<Value>(
    async (value, context) => {
      const target = String(typeof url === "function" ? url(value, context) : url);
      if (!URL.canParse(target)) return { missing: "the URL is not an absolute URL" };
      return await lookAt(new URL(target), read, context.signal);
    },
    { within: read.within },
    problems,
  );
}

const HTTP_OPTIONS: Kinds<HttpOptions> = {
  within: "anything",
  status: "a number",
  minBytes: "a number",
  contains: "a string",
  schema: "anything",
  headers: "an object",
  redirect: "a string",
};

const isUrl = (url: unknown) => url instanceof URL || (typeof url === "string" && URL.canParse(url));

async function lookAt(url: URL, options: HttpOptions, signal: AbortSignal): Promise<EvidenceCheck> {
  const { status, minBytes = 1, contains, schema, headers, redirect = "manual" } = options;
  const response = await fetch(url, { signal, redirect, ...(headers && { headers }) });
  const scan = new ContentScan(LARGEST_BODY);
  for await (const chunk of response.body ?? []) {
    scan.take(chunk as Uint8Array);
    if (scan.bytes > LARGEST_BODY)
      return { missing: `the URL answered with more than ${LARGEST_BODY} bytes` };
  }
  const fits = status === undefined ? response.ok : response.status === status;
  if (!fits) return { missing: `the URL answered with HTTP status ${response.status}` };
  if (scan.bytes < minBytes)
    return { missing: `the URL answered with ${scan.bytes} bytes, fewer than minBytes (${minBytes})` };
  if (minBytes > 0 && scan.blank)
    return { missing: `the URL answered with ${scan.bytes} bytes and nothing visible in them` };
  const text = scan.text() ?? "";
  if (contains !== undefined && !text.includes(contains))
    return { missing: "the answer does not contain the required text (contains)" };
  const problem = schema === undefined ? undefined : await misfit(text, schema);
  if (problem !== undefined) return { missing: problem };
  return new EvidenceFound({
    kind: "http",
    url: `${url.origin}${url.pathname}`,
    status: response.status,
    bytes: scan.bytes,
    sha256: scan.sha256(),
  });
}

async function misfit(text: string, schema: StandardSchema): Promise<string | undefined> {
  let value: unknown;
  try {
    value = parseForeignJson(text);
  } catch {
    // Without the parser's message, which quotes the answer.
    return "the answer is not JSON";
  }
  const { issues } = await schema["~standard"].validate(value);
  return issues === undefined
    ? undefined
    : `the answer does not fit its schema: ${describeIssues(issues, schema)}`;
}
