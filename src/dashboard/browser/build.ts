import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { bundle } from "../../report/browser/bundle.ts";

/** The dashboard's page: four files, which `hardcall dashboard` serves from its own origin. */
const FOLDER = "dist/dashboard";

mkdirSync(FOLDER, { recursive: true });
for (const file of ["index.html", "style.css", "icon.svg"])
  cpSync(`src/dashboard/browser/${file}`, `${FOLDER}/${file}`);
writeFileSync(`${FOLDER}/app.js`, await bundle("src/dashboard/browser/main.tsx"));
