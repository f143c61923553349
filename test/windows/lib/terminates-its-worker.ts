/**
 * A program whose worker thread makes a call with a key. At the first word on stdin it terminates the thread, makes the same call itself
 * and prints the code of its failure. It exits at the end of stdin.
 */
import { once } from "node:events";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { CallError, command, defineCall } from "hardcall";

interface OnceOrder {
  readonly args: string[];
  readonly ledger: string;
}

/** @returns the error's code, or "" after a success */
async function callOnce({ args, ledger }: OnceOrder): Promise<string> {
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

if (isMainThread) {
  const order = JSON.parse(process.argv[2]!) as OnceOrder;
  const worker = new Worker(import.meta.filename, { workerData: order });
  await once(process.stdin, "data");
  await worker.terminate();
  console.log(await callOnce(order));
} else await callOnce(workerData as OnceOrder);
