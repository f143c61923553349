/** A process that does what the witness tells it, and lives as long as its connection to it: see witness.ts. */
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { startAgain } from "../../helpers/start-again.ts";
import type { Message, Order } from "./witness.ts";

const [port, name] = process.argv.slice(2) as [string, string];
const socket = connect(Number(port), "127.0.0.1");
socket.on("error", () => process.exit(1));
socket.on("close", () => process.exit(1));
socket.on("end", () => process.exit(0));
const say = (message: Message) => socket.write(`${JSON.stringify(message)}\n`);
say({ name, pid: process.pid });
// Its stderr is often not read: what it dies of, such as a spawn that failed, belongs into the failure of the test.
process.on("uncaughtException", (error) => {
  socket.write(`${JSON.stringify({ fault: String(error) } satisfies Message)}\n`, () => process.exit(1));
});
createInterface({ input: socket }).on("line", (line) => void obey(JSON.parse(line) as Order));

async function obey(order: Order): Promise<void> {
  switch (order.do) {
    case "print": {
      await new Promise((done) => process[order.to ?? "stdout"].write(order.text, done));
      break;
    }
    case "start": {
      const stdio = order.stdio === "pipes" ? "inherit" : "ignore";
      const args = [import.meta.filename, port, order.name];
      const options = { stdio, detached: order.detached ?? false, windowsHide: true } as const;
      // ast-grep-ignore: js-subprocess-timeout, reason: it exits when the witness closes its connection
      startAgain(() => spawn(process.execPath, args, options)).unref();
      break;
    }
    case "read stdin": {
      say({ said: await text(process.stdin) });
      break;
    }
    case "exit": {
      process.exit(order.code);
    }
  }
  say({ done: order.do });
}
