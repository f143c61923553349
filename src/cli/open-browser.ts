import { spawn } from "node:child_process";

/** @returns the program that opens a URL in the user's browser, and the arguments that come before the URL */
export function browserOpener(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): readonly [string, ...string[]] {
  if (platform === "darwin") return ["open"];
  if (platform !== "win32") return ["xdg-open"];
  // Not `cmd /c start`, which would run what comes after a & in the URL.
  const system = `${env["SystemRoot"] ?? "C:\\Windows"}\\System32`;
  return [`${system}\\rundll32.exe`, "url.dll,FileProtocolHandler"];
}

/**
 * Opens a page in the user's browser, and waits for nothing: the browser may be started by it, and live on. Where there is no browser,
 * the URL is on the terminal.
 */
export function openBrowser(url: string): void {
  const [file, ...args] = browserOpener(process.platform, process.env);
  const child = spawn(file, [...args, url], { stdio: "ignore", detached: true });
  child.once("error", () =>
    process.stderr.write(`hardcall: ${file} is not there to open a browser; open the URL yourself\n`),
  );
  child.unref();
}
