import { isTrue } from "../rest/request.mjs";
import { pageOf } from "../rows/page.mjs";
import { ok, pageOfList } from "./job-answers.mjs";
import { noDataset, noTable, tableOf, tablesOf } from "./tables.mjs";

/** The answers of the endpoints that concern tables and data sets. */
export const TABLE_ANSWERS = {
  rows: (project, { parts, query }) =>
    withTable(project, parts, (table) => {
      const { pageRows, lastPage } = table.job;
      const fields = selected(table.fields, query.selectedFields);
      return ok({
        kind: "bigquery#tableDataList",
        totalRows: `${table.rows.length}`,
        ...pageOf({ rows: table.rows, fields }, { ...query, pageRows, lastPage }),
      });
    }),
  table: (project, { parts }) =>
    withTable(project, parts, (table) => {
      const { job } = table;
      return ok({
        ...tableInList(table, project),
        schema: { fields: table.fields },
        numRows: `${table.rows.length}`,
        numBytes: "2048",
        lastModifiedTime: `${job.madeAt}`,
        location: job.location,
      });
    }),
  tables(project, { parts, query }) {
    const tables = [...tablesOf(project).values()].filter(
      ({ reference }) => reference.datasetId === parts.datasetId,
    );
    if (tables.length === 0) return noDataset(project, parts);
    const { page, nextPageToken } = pageOfList(tables, query);
    return ok({
      kind: "bigquery#tableList",
      tables: page.map((table) => tableInList(table, project)),
      totalItems: tables.length,
      nextPageToken,
    });
  },
  dataset(project, { parts }) {
    const dataset = datasetsOf(project).get(parts.datasetId);
    return dataset === undefined ? noDataset(project, parts) : ok(dataset);
  },
  datasets(project, { query }) {
    // As in the real one, a name that begins with an underscore is hidden.
    const all = [...datasetsOf(project).values()];
    const shown = all.filter(({ id }) => isTrue(query.all) || !id.includes(":_"));
    const { page, nextPageToken } = pageOfList(shown, query);
    return ok({
      kind: "bigquery#datasetList",
      ...(page.length > 0 && { datasets: page }),
      nextPageToken,
    });
  },
};

function withTable(project, reference, answer) {
  const table = tableOf(project, reference);
  return table === undefined ? noTable(project, reference) : answer(table);
}

/** `selectedFields` names columns, with commas. */
function selected(fields, names) {
  if (!names) return fields;
  const wanted = names.split(",");
  return fields.filter(({ name }) => wanted.includes(name));
}

const tableInList = ({ reference, job }, { name }) => ({
  kind: "bigquery#table",
  id: `${name}:${reference.datasetId}.${reference.tableId}`,
  tableReference: reference,
  type: "TABLE",
  creationTime: `${job.madeAt}`,
});

function datasetsOf(project) {
  const datasets = new Map();
  for (const { reference, job } of tablesOf(project).values()) {
    const { projectId, datasetId } = reference;
    datasets.set(datasetId, {
      kind: "bigquery#dataset",
      id: `${projectId}:${datasetId}`,
      datasetReference: { projectId, datasetId },
      location: job.location,
      creationTime: `${job.madeAt}`,
      lastModifiedTime: `${job.madeAt}`,
    });
  }
  return datasets;
}
