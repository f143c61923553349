import { text } from "../../database/columns.ts";
import { LedgerError } from "../../database/errors.ts";
import type { SqlSession } from "../../database/sql.ts";
import type { DocumentMoment } from "../../ledger/resources/document.ts";
import { describeResource } from "../../resources/describe-resource.ts";
import type { ResourceView } from "../../resources/view.ts";
import type { Overview, UnreadableResource } from "../data.ts";

/** The limits that calls share, by name. One that cannot be read hides neither the others nor the calls. */
export async function resources(
  session: SqlSession,
  moment: DocumentMoment,
): Promise<Pick<Overview, "resources" | "unreadableResources">> {
  const views: ResourceView[] = [];
  const unreadable: UnreadableResource[] = [];
  for (const row of await session.all("SELECT name, document FROM resources ORDER BY name", [])) {
    const name = text(row, "name");
    try {
      views.push(describeResource(name, text(row, "document"), moment));
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      unreadable.push({ name, message: error.message });
    }
  }
  return { resources: views, unreadableResources: unreadable };
}
