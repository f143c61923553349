// Says what a release still needs: node .github/ready-to-release.mjs v1.2.3 https://github.com/owner/repository
// Exits with 1 and a line for each thing that is missing. It reads the files of the working folder, and needs no install.
import { readFileSync } from "node:fs";

const [tag, repository] = process.argv.slice(2);
if (tag === undefined || repository === undefined) {
  console.error("Usage: node .github/ready-to-release.mjs TAG REPOSITORY-URL");
  process.exit(2);
}
const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const missing = [];

if (tag !== `v${manifest.version}`) {
  missing.push(`The tag is ${tag}, and package.json has version ${manifest.version}. They must be the same.`);
}
const stated = typeof manifest.repository === "string" ? manifest.repository : manifest.repository?.url;
if (stated === undefined) {
  missing.push(
    `package.json has no "repository". npm refuses provenance without it; it is ${repository} here.`,
  );
} else if (stated.replace(/^git\+/, "").replace(/\.git$/, "") !== repository) {
  missing.push(
    `package.json has the repository ${stated}, and this is ${repository}. npm refuses provenance for another one.`,
  );
}
for (const field of ["homepage", "bugs"]) {
  if (manifest[field] === undefined) missing.push(`package.json has no "${field}".`);
}
if (!readFileSync("CHANGELOG.md", "utf8").includes(`\n## [${manifest.version}] - `)) {
  missing.push(`CHANGELOG.md has no section "## [${manifest.version}] - YYYY-MM-DD".`);
}
if (/the owner fills in/i.test(readFileSync("SECURITY.md", "utf8"))) {
  missing.push("SECURITY.md does not say yet where to report a vulnerability.");
}

for (const line of missing) console.error(line);
if (missing.length > 0) console.error("docs/releasing.md says how to fill in each of these.");
process.exitCode = missing.length > 0 ? 1 : 0;
