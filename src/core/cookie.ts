/** The environment variable that a process of a call inherits. It lists the cookies of all calls that the process runs inside. */
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

/** The variable's value within a call. Another program may have set it without the final `;`, which must not swallow the cookie. */
export const withCookie = (outer: string, cookie: string): string =>
  outer === "" || outer.endsWith(";") ? `${outer}${cookie}` : `${outer};${cookie}`;

const HELPER = "spawn-helper/";

/**
 * The cookie of a spawning helper. A process that it starts has it between fork and exec, and then that of its call in its place.
 *
 * @param id no other helper has it
 */
export const helperCookie = (id: string): string => `${HELPER}${id};`;

export const isHelperCookie = (cookie: string): boolean => cookie.startsWith(HELPER);

/** The cookie of one attempt, in the environment of every process that it starts. A call inside it adds its own. */
export const cookieOf = (call: { readonly callId: string; readonly attempt: number }): string =>
  `${call.callId}/${call.attempt};`;
