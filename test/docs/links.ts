import type { Page } from "./page.ts";

export interface Link {
  readonly target: string;
  readonly line: number;
  readonly isImage: boolean;
}

const LINK = /(?<image>!?)\[(?:[^\]\\]|\\.|!\[[^\]]*\]\([^)]*\))*\]\(<?(?<target>[^)\s>]+)>?[^)]*\)/g;
const REFERENCE = /^\[[^\]]+\]:\s*<?(?<target>\S+?)>?(?:\s|$)/;
const CODE = /(`+)(?!`).*?(?<!`)\1(?!`)/g;

/** Links in code are text. */
export function linksOf({ prose }: Page): Link[] {
  return prose.flatMap((raw, index) => {
    const text = raw.replaceAll(CODE, "``");
    const reference = REFERENCE.exec(text)?.groups?.["target"];
    const inline = [...text.matchAll(LINK)].map(({ groups }) => ({
      target: groups?.["target"] as string,
      line: index + 1,
      isImage: groups?.["image"] === "!",
    }));
    return reference === undefined
      ? inline
      : [...inline, { target: reference, line: index + 1, isImage: false }];
  });
}

/** The anchors of a page's headings, as GitHub and npm make them: `## When it \`fails\`` is `#when-it-fails`. */
export function anchorsOf({ prose }: Page): Set<string> {
  const anchors = new Set<string>();
  for (const line of prose) {
    const [, heading] = /^#{1,6}\s+(.*?)\s*#*$/.exec(line) ?? [];
    if (heading !== undefined) anchors.add(unique(slugOf(heading), anchors));
    for (const [, id] of line.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id as string);
  }
  return anchors;
}

const slugOf = (heading: string) =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation} -]/gu, "")
    .replaceAll(" ", "-");

function unique(slug: string, taken: ReadonlySet<string>): string {
  if (!taken.has(slug)) return slug;
  let count = 1;
  while (taken.has(`${slug}-${count}`)) count += 1;
  return `${slug}-${count}`;
}

/** The test files and folders that a page names, such as `test/call/guard/race.test.ts`. */
export const testsNamedIn = ({ prose }: Page): string[] => [
  ...new Set(
    prose.flatMap((line) => [...line.matchAll(/`(test\/[\w./-]+)`/g)].map(([, file]) => file as string)),
  ),
];
