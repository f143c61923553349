/** `echo.ts <address>` answers what comes over TCP with the same, and prints its port. */
import { createServer, type AddressInfo } from "node:net";

const [address = ""] = process.argv.slice(2);
const server = createServer((socket) => socket.on("error", () => undefined).pipe(socket));
server.listen(0, address, () => console.log((server.address() as AddressInfo).port));
