/** The body of every answer of 400 and above. */
export interface Refusal {
  readonly error: {
    /** Sentences for a person. */
    readonly message: string;
    readonly code: RefusalCode;
    /** The same request with `force: true` would be done. */
    readonly needsForce?: true | undefined;
  };
}

export type RefusalCode =
  /** 401: there is no session; open the URL that `hardcall dashboard` printed. */
  | "no_session"
  /** 403: Host or Origin is another. */
  | "forbidden"
  /** 404 */
  | "not_found"
  /** 405 */
  | "method"
  /** 400 */
  | "bad_request"
  /** 409: the call or resource is not as the page showed it. */
  | "conflict"
  /** 413 */
  | "too_large"
  /** 415 */
  | "not_json"
  /** 503: the ledger cannot be read or written now. */
  | "ledger_unavailable"
  /** 500 */
  | "internal";

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
