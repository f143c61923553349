/** A call with a key that may happen once. As the program of a worker thread, it makes that call. */
import { isMainThread, workerData } from "node:worker_threads";
import { CallError, command, defineCall } from "hardcall";

export interface OnceOrder {
  readonly args: string[];
  readonly ledger: string;
}

/** @returns the error's code, or "" after a success */
export async function callOnce({ args, ledger }: OnceOrder): Promise<string> {
  const call = defineCall({
    name: "once",
    callee: command(process.execPath, args),
    timeout: "100s",
    effects: "once",
    key: () => "one",
    ledger,
  });
  return await call().then(
    () => "",
    (error: unknown) => {
      if (error instanceof CallError) return error.code;
      throw error;
    },
  );
}

if (!isMainThread && workerData !== null) await callOnce(workerData as OnceOrder);
