import { number, type Row, text } from "../../database/columns.ts";
import type { SqlWording } from "../../database/sql.ts";
import type { ResourceDocument } from "./document.ts";

export function selectDocument(p: SqlWording): string {
  return `SELECT document FROM ${p.table("resources")} WHERE name = ${p(1)}`;
}

/** Values: name, document, changed_at. */
export function replaceDocument(p: SqlWording): string {
  return `INSERT INTO ${p.table("resources")} (name, document, changed_at) VALUES (${p(1)}, ${p(2)}, ${p(3)})
    ON CONFLICT (name) DO UPDATE SET document = excluded.document, changed_at = excluded.changed_at`;
}

export function selectResources(p: SqlWording): string {
  return `SELECT name, document, changed_at FROM ${p.table("resources")} ORDER BY name`;
}

/** For a person: the name is in it. */
export function deleteDocument({ table }: Pick<SqlWording, "table">, name: string): string {
  return `DELETE FROM ${table("resources")} WHERE name = '${name.replaceAll("'", "''")}'`;
}

export function readResource(row: Row): ResourceDocument {
  return { name: text(row, "name"), text: text(row, "document"), changedAt: number(row, "changed_at") };
}
