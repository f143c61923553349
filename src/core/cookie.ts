/** The variable that everything which a call starts inherits: the cookies of the calls that it is inside of. */
export const COOKIES = "HARDCALL_CALLS";

/** The cookies in an environment as `/proc/<pid>/environ` has it. */
export function cookiesIn(environment: string): readonly string[] {
  const entry = `\0${COOKIES}=`;
  const text = `\0${environment}`;
  const at = text.indexOf(entry);
  if (at === -1) return [];
  const from = at + entry.length;
  const end = text.indexOf("\0", from);
  // Not a pattern: it would take quadratic time on a foreign value without an end, in the middle of a scan.
  const ended = text
    .slice(from, end === -1 ? undefined : end)
    .split(";")
    .slice(0, -1);
  return ended.filter((cookie) => cookie !== "").map((cookie) => `${cookie};`);
}

/** The variable's value within a call. What stands in it without an end is another program's, and must not swallow the cookie. */
export const withCookie = (outer: string, cookie: string): string =>
  outer === "" || outer.endsWith(";") ? `${outer}${cookie}` : `${outer};${cookie}`;

/** In the environment of all that an attempt starts. A call inside it adds its own. */
export const cookieOf = (call: { readonly callId: string; readonly attempt: number }): string =>
  `${call.callId}/${call.attempt};`;
