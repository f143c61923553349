import { CountError } from "./artifact.ts";
import type { Count } from "./count.ts";
import { fromRows, type RowShape } from "./row.ts";

export interface HttpCountOptions extends RowShape {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The path of the list in the JSON, such as `"data.items"`. @default the JSON itself is the list */
  readonly items?: string | undefined;
}

const MOST_BYTES = 16 * 1024 * 1024;

/** Counts the items of a JSON list at a URL. Any status but 2xx, and any answer without a list, makes the verdict `unknown`. */
export function http(options: HttpCountOptions): Count {
  const { url, headers = {}, items = "" } = options;
  return async ({ signal }) => {
    const list = at(await fetchJson(url, headers, signal), items);
    if (!Array.isArray(list))
      throw new CountError(`there is no list at ${JSON.stringify(items)} in the JSON`);
    return fromRows(list.map(toRow), options);
  };
}

async function fetchJson(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<unknown> {
  const { host } = new URL(url);
  let body: string;
  try {
    const response = await fetch(url, { headers: { accept: "application/json", ...headers }, signal });
    if (!response.ok) throw new CountError(`${host} answered with status ${response.status}`);
    body = await bounded(response);
  } catch (error) {
    if (error instanceof CountError) throw error;
    signal.throwIfAborted();
    throw new CountError(`${host} could not be reached`, { cause: error });
  }
  try {
    return JSON.parse(body);
  } catch {
    // Without the parser's message, which quotes the answer.
    throw new CountError(`${host} answered with something that is not JSON`);
  }
}

async function bounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let body = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new CountError(`the answer is longer than ${MOST_BYTES} bytes`);
    body += decoder.decode(chunk, { stream: true });
  }
  return body + decoder.decode();
}

function at(json: unknown, path: string): unknown {
  let value = json;
  for (const step of path.split(".").filter((part) => part !== "")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

const toRow = (item: unknown): Record<string, unknown> =>
  typeof item === "object" && item !== null ? (item as Record<string, unknown>) : { id: item };
