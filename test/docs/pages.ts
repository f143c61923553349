import { globSync } from "node:fs";
import { ROOT } from "../helpers/files.ts";
import { readPage } from "./page.ts";

const pages = (...patterns: string[]) =>
  globSync(patterns, { cwd: ROOT, exclude: ["**/node_modules/**"] })
    .toSorted()
    .map((name) => readPage(name));

/** The documentation of hardcall itself. */
export const DOC_PAGES = pages("README.md", "docs/*.md");

/** The pages whose blocks are run. */
export const RUN_PAGES = [...DOC_PAGES, ...pages("fake-bin/README.md", "fake-bin/*/README.md")];

/** All pages for people: their links are followed. */
export const ALL_PAGES = pages(
  "*.md",
  "docs/**/*.md",
  "fake-bin/**/*.md",
  "examples/**/*.md",
  ".github/**/*.md",
);
