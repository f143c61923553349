import { onTestFinished, type TestContext } from "vitest";
import { startPgBouncer } from "./pgbouncer-server.ts";

/** The same database by way of a PgBouncer in transaction mode, gone when the test is over. Without one the test is skipped with its reason. */
export async function throughPgBouncer(
  context: TestContext,
  url: string,
  settings?: Readonly<Record<string, string>>,
): Promise<string> {
  const bouncer = await startPgBouncer(url, settings);
  if ("reason" in bouncer) return context.skip(bouncer.reason);
  onTestFinished(() => bouncer.remove());
  return bouncer.url;
}
