const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The call has one, and the owner of its key. */
let left = 2;

/**
 * A random UUID (version 4). Linux makes the first two of a process, see random(4): to load `node:crypto` takes 3 ms, and a run of the
 * command line needs no more.
 */
export function newId(): string {
  const id = left > 0 ? idOfKernel() : undefined;
  left -= 1;
  return id ?? process.getBuiltinModule("node:crypto").randomUUID();
}

function idOfKernel(): string | undefined {
  try {
    const { readFileSync } = process.getBuiltinModule("node:fs");
    const id = readFileSync("/proc/sys/kernel/random/uuid", "latin1").trim();
    return UUID.test(id) ? id : undefined;
  } catch {
    // Another system, or a container that hides the file.
    return undefined;
  }
}
