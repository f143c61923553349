import type { Refusal } from "../refused-request.ts";

/** An answer of the server that is no success, in its own sentence. */
export class RefusedRequest extends Error {
  readonly code: Refusal["error"]["code"] | "unreachable";
  readonly needsForce: boolean;

  constructor({
    message,
    code,
    needsForce,
  }: Refusal["error"] | { message: string; code: "unreachable"; needsForce?: true }) {
    super(message);
    this.code = code;
    this.needsForce = needsForce === true;
  }
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  request<T>(path, { ...(signal && { signal }) });

export const post = <T>(path: string, body: unknown): Promise<T> =>
  request<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new RefusedRequest({
      message: "The dashboard's server did not answer. See whether `hardcall dashboard` still runs.",
      code: "unreachable",
    });
  });
  const body = (await response.json().catch(() => undefined)) as unknown;
  if (response.ok) return body as T;
  throw new RefusedRequest(
    (body as Refusal | undefined)?.error ?? {
      message: `The dashboard's server answered ${response.status}.`,
      code: "internal",
    },
  );
}

/** An error as a sentence for the page. */
export const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));
