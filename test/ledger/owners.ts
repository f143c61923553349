import type { Liveness, Owner } from "../../src/ledger/index.ts";

/** An owner that exists only in a test's world, which decides whether it lives. */
export function fakeOwner(id: string, host = "here"): Owner {
  return { host, bootId: `boot-of-${host}`, pidSpace: "pid:[1]", pid: 100, pidStart: "1", id };
}

export function always(answer: Liveness): () => Liveness {
  return () => answer;
}
