/** How long the places of a process on another host stay its own without a sign of it. */
export const PLACE_LEASE_MS = 30_000;

/**
 * A process that waits looks once a second. One that has not done so for as long is suspended or stuck: it cannot take a place, so others
 * do not wait for it.
 */
export const ASLEEP_MS = 3000;

/** So long a process may hand a place from call to call although another process waits longer: to change the process costs up to a second. */
export const CHAIN_MS = 1000;

/** How often a process that waits looks at what others gave back. */
export const LOOK_MS = 1000;

/** At most so many at once, also without `concurrency`: each place is in the document. */
export const MOST_PLACES = 1000;
