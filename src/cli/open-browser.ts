import { spawn } from "node:child_process";

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/**
 * Opens a page in the user's browser, and waits for nothing: the browser may be started by it, and live on. Where there is no browser,
 * the URL is on the terminal.
 */
export function openBrowser(url: string): void {
  const [file, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  const child = spawn(file, [...args, url], { stdio: "ignore", detached: true });
  child.once("error", () =>
    process.stderr.write(`hardcall: ${file} is not there to open a browser; open the URL yourself\n`),
  );
  child.unref();
}
