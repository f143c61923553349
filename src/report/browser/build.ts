import { writeFileSync } from "node:fs";
import { bundle } from "./bundle.ts";

/** The code for the report's charts: the report is one file. */
writeFileSync("dist/report-chart.js", await bundle("src/report/browser/chart.ts"));
