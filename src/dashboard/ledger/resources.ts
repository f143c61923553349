import { text } from "../../database/columns.ts";
import type { SqlSession } from "../../database/sql.ts";
import type { DocumentMoment } from "../../ledger/resources/document.ts";
import { describeResource } from "../../resources/describe-resource.ts";
import type { ResourceView } from "../../resources/view.ts";

/** The limits that calls share, by name. @throws LedgerError for a document of a later hardcall */
export async function resources(
  session: SqlSession,
  moment: DocumentMoment,
): Promise<readonly ResourceView[]> {
  const rows = await session.all("SELECT name, document FROM resources ORDER BY name", []);
  return rows.map((row) => describeResource(text(row, "name"), text(row, "document"), moment));
}
