import { problem } from "../rest/errors.mjs";

/** The tables of the fake are those that its jobs wrote, by name. */
export function tablesOf(project) {
  const tables = new Map();
  for (const job of project.written()) {
    const { datasetId, tableId } = job.destination;
    const name = `${datasetId}.${tableId}`;
    const before = tables.get(name);
    const appends = job.configuration[job.kind].writeDisposition === "WRITE_APPEND" && before !== undefined;
    const rows = appends ? [...before.rows, ...job.output.rows] : job.output.rows;
    tables.set(name, {
      reference: job.destination,
      job,
      rows,
      fields: (appends ? before : job.output).fields,
    });
  }
  return tables;
}

/** A table with its `rows` and `fields`, or undefined. */
export const tableOf = (project, { datasetId, tableId }) => tablesOf(project).get(`${datasetId}.${tableId}`);

export const noTable = ({ name }, { datasetId, tableId }) =>
  problem(404, "notFound", `Not found: Table ${name}:${datasetId}.${tableId}. ${ONLY_WRITTEN}`);

export const noDataset = ({ name }, { datasetId }) =>
  problem(404, "notFound", `Not found: Dataset ${name}:${datasetId}. ${ONLY_WRITTEN}`);

const ONLY_WRITTEN =
  "This is hardcall's fake BigQuery: it has the tables that jobs wrote to it, and their data sets, and no others";
