import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { World } from "./world.ts";

const FILES = 100_000;
const hasMemoryDisk = existsSync("/dev/shm");

it.skipIf(!hasMemoryDisk)(
  `a glob over ${FILES} files has its verdict, or is unknown, within the deadline`,
  async () => {
    using world = new World();
    world.now = Date.now();
    const folder = mkdtempSync("/dev/shm/hardcall-glob-");
    try {
      for (let hundred = 0; hundred < FILES / 1000; hundred++) {
        mkdirSync(path.join(folder, String(hundred)));
        for (let file = 0; file < 1000; file++)
          writeFileSync(path.join(folder, String(hundred), `${file}.md`), `${hundred}/${file}`);
      }
      world.now = Date.now();
      const count = { files: "**/*.md", cwd: folder };
      const slow = await timed(() => world.check({ name: "slow", count, deadline: "50s" }));
      console.log(
        `${FILES} files: ${slow.value.verdict}, found ${slow.value.found}, ${Math.round(slow.ms)} ms`,
      );
      expect(slow.value).toMatchObject({ verdict: "ok", found: 64 });
      const hasty = await timed(() => world.check({ name: "hasty", count, deadline: 200 }));
      expect(hasty.value).toMatchObject({
        verdict: "unknown",
        reason: "the count did not end within 200 ms",
      });
      expect(hasty.ms).toBeLessThan(5000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  120_000,
);

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const startedAt = performance.now();
  return { value: await work(), ms: performance.now() - startedAt };
}
