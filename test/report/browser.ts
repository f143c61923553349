import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "../../src/index.ts";
import { chromium } from "../helpers/chromium.ts";

export interface Look {
  readonly width: number;
  readonly height: number;
  readonly dark?: boolean;
}

/** Opens a page in a browser that has no state and no network, and hands back what it printed. */
export async function browse(
  file: string,
  { width, height, dark }: Look,
  ...flags: string[]
): Promise<string> {
  if (chromium === undefined) throw new Error("there is no Chromium on PATH");
  const profile = mkdtempSync(path.join(tmpdir(), "hardcall-browser-"));
  try {
    const { value } = await runCommand(
      chromium,
      [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--hide-scrollbars",
        "--virtual-time-budget=4000",
        `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`,
        `--window-size=${width},${height}`,
        `--user-data-dir=${profile}`,
        ...flags,
        `file://${file}`,
      ],
      { timeout: "90s", allowEmpty: true, maxOutput: 64 * 1024 * 1024 },
    );
    return value;
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
