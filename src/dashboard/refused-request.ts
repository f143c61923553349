import type { Refusal, RefusalCode } from "./data.ts";

const STATUS: Readonly<Record<RefusalCode, number>> = {
  bad_request: 400,
  no_session: 401,
  forbidden: 403,
  not_found: 404,
  method: 405,
  conflict: 409,
  too_large: 413,
  not_json: 415,
  internal: 500,
  ledger_unavailable: 503,
};

/** A request that is answered by an error. `message` is for the person at the page. */
export class RefusedRequest extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly needsForce: boolean;

  constructor(
    code: RefusalCode,
    message: string,
    options: { readonly headers?: Readonly<Record<string, string>>; readonly needsForce?: boolean } = {},
  ) {
    super(message);
    this.code = code;
    this.status = STATUS[code];
    this.headers = options.headers ?? {};
    this.needsForce = options.needsForce ?? false;
  }

  get body(): Refusal {
    const { message, code } = this;
    return { error: { message, code, ...(this.needsForce && { needsForce: true }) } };
  }
}
