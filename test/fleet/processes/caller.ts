/**
 * `caller.ts <address> <port>` keeps one connection open. For each JSON line on stdin it sends a byte over it, and prints whether it was
 * answered: `"answered"`, `"silence"` after a second, or the code of the error that it was told. First it prints who it is to a ledger.
 */
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { currentOwner, isOwnerAlive, type Owner } from "../../../src/ledger/owner/owner.ts";

const SILENCE_MS = 1000;

const [address = "", port] = process.argv.slice(2);
const print = (value: unknown) => console.log(JSON.stringify(value));
let tell: (word: string) => void = () => undefined;
const socket = connect(Number(port), address, () => print(currentOwner()));
socket.on("data", () => tell("answered"));
socket.on("error", ({ code = "" }: NodeJS.ErrnoException) => tell(code));
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as "send" | Owner;
  if (order !== "send") {
    print(isOwnerAlive(order));
    continue;
  }
  const { promise, resolve } = Promise.withResolvers<string>();
  tell = resolve;
  const timer = setTimeout(() => resolve("silence"), SILENCE_MS);
  socket.write("x");
  print(await promise);
  clearTimeout(timer);
}
process.exit(0);
