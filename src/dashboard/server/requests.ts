import { MAX_DURATION_MS } from "../../core/duration.ts";
import { requireVerdict } from "../../ledger/store/validate.ts";
import type { BreakerRequest, ResolveRequest } from "../data.ts";
import { RefusedRequest } from "../refused-request.ts";

type Body = Readonly<Record<string, unknown>>;

/** @throws RefusedRequest `bad_request` */
export function resolveRequest(body: Body): ResolveRequest {
  const { as, force = false } = body;
  onlyKnown(body, ["as", "by", "why", "force"]);
  if (as !== "done" && as !== "absent")
    throw bad('"as" is missing: send "done" (it happened) or "absent" (it did not).');
  if (typeof force !== "boolean") throw bad('"force" is true or false.');
  const verdict: ResolveRequest = { as, ...signed(body), force };
  try {
    requireVerdict(verdict);
  } catch (error) {
    throw bad((error as Error).message);
  }
  return verdict;
}

/** @throws RefusedRequest `bad_request` */
export function breakerRequest(to: "open" | "close", body: Body): BreakerRequest {
  onlyKnown(body, to === "open" ? ["by", "why", "forMs"] : ["by", "why"]);
  const { forMs } = body;
  if (forMs === undefined) return signed(body);
  if (typeof forMs !== "number" || !Number.isInteger(forMs) || forMs < 1 || forMs > MAX_DURATION_MS)
    throw bad(`"forMs" must be a whole number of milliseconds from 1 to ${MAX_DURATION_MS}.`);
  return { ...signed(body), forMs };
}

/** Who acts, and why: the ledger keeps both. */
function signed({ by, why }: Body): { readonly by: string; readonly why: string } {
  if (typeof by !== "string" || by.trim() === "") throw bad("Say who you are: the ledger keeps it.");
  if (typeof why !== "string" || why.trim() === "") throw bad("Say why: the ledger keeps it.");
  return { by: by.trim(), why: why.trim() };
}

/** A misspelt field would be a default that the operator did not mean. */
function onlyKnown(body: Body, known: readonly string[]): void {
  const [unknown] = Object.keys(body).filter((name) => !known.includes(name));
  if (unknown !== undefined)
    throw bad(`The request has a field that is not known here; it may have ${known.join(", ")}.`);
}

const bad = (message: string) => new RefusedRequest("bad_request", message);
