import type { Socket } from "node:net";

/** Calls `take` for each line in the turn of the event loop in which its end arrives. */
export function readLines(socket: Socket, take: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  // A broken pipe is closed, which is what counts.
  socket.on("error", () => undefined);
  socket.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}
