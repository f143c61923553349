/** The pieces that charts are made of: text as text, no script, no font file. */

export const WIDTH = 760;
/** Above the legend, or the drawing. */
const TOP = 44;
export const SIDE = 16;

type Attributes = Readonly<Record<string, string | number>>;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const rounded = (value: string | number) =>
  typeof value === "number" ? String(Number(value.toFixed(1))) : value;

export function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(rounded(value))}"`);
  return content === ""
    ? `<${name}${written.join("")}/>`
    : `<${name}${written.join("")}>${content}</${name}>`;
}

/** `anchor`: which end of the text stands at x. */
export const label = (
  text: string,
  at: { readonly x: number; readonly y: number },
  { anchor, kind }: { readonly anchor?: "middle" | "end"; readonly kind?: "title" | "faint" } = {},
): string =>
  element(
    "text",
    { ...at, ...(anchor && { "text-anchor": anchor }), ...(kind && { class: kind }) },
    escaped(text),
  );

/** Roughly: letters of the system's font are about half as wide as high. */
export const widthOf = (text: string): number => text.length * 7.2;

/** A series has a colour and, in lines, dashes of its own: not all readers tell colours apart. */
const SERIES = [
  { light: "#0a5dab", dark: "#6cb6ff", dashes: "none" },
  { light: "#b8430a", dark: "#ffa657", dashes: "7 3" },
  { light: "#1a7f37", dark: "#57d364", dashes: "2 3" },
  { light: "#7a3fc4", dark: "#d2a8ff", dashes: "9 3 2 3" },
  { light: "#57606a", dark: "#a9b3bd", dashes: "4 2 1 2 1 2" },
  { light: "#a40e6b", dark: "#ff9bce", dashes: "12 4" },
] as const;

export const seriesClass = (index: number): string => `s${index}`;

function style(count: number): string {
  const used = SERIES.slice(0, count);
  const colours = (scheme: "light" | "dark") =>
    used.map((series, index) => `.s${index}{--c:${series[scheme]}}`).join("");
  return element(
    "style",
    {},
    [
      "svg{--paper:#fff;--ink:#1f2328;--faint:#59636e;--line:#d1d9e0;font:13px system-ui,sans-serif}",
      colours("light"),
      `@media (prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#f0f6fc;--faint:#9198a1;--line:#30363d}${colours("dark")}}`,
      ".paper{fill:var(--paper)}text{fill:var(--ink)}.title{font-size:15px;font-weight:600}.faint{fill:var(--faint)}",
      ".grid{stroke:var(--line)}.bar{fill:var(--c)}.point{fill:var(--c)}.line{stroke:var(--c);stroke-width:2;fill:none}",
      ...used.map(({ dashes }, index) =>
        dashes === "none" ? "" : `.line.s${index}{stroke-dasharray:${dashes}}`,
      ),
    ].join(""),
  );
}

/** Names the series, in as many lines as they need. One series needs none: the title names it. */
function legend(names: readonly string[], kind: "bars" | "lines") {
  if (names.length < 2) return { body: "", height: 0 };
  let [x, y] = [SIDE, 52];
  const entries = names.map((name, index) => {
    const sample = kind === "bars" ? 18 : 30;
    const width = sample + widthOf(name) + 16;
    if (x > SIDE && x + width > WIDTH) [x, y] = [SIDE, y + 20];
    const [left, line] = [x, y];
    x += width;
    const drawn =
      kind === "bars"
        ? element("rect", {
            class: `bar ${seriesClass(index)}`,
            x: left,
            y: line - 11,
            width: 12,
            height: 12,
          })
        : element("path", { class: `line ${seriesClass(index)}`, d: `M${left} ${line - 5}h24` });
    return drawn + label(name, { x: left + sample, y: line });
  });
  return { body: entries.join("\n"), height: y - 52 + 22 };
}

export interface Drawing {
  readonly title: string;
  readonly description: string;
  readonly series: readonly string[];
  readonly kind: "bars" | "lines";
  /** What is drawn below the title. */
  readonly body: string;
  readonly height: number;
}

/** Paper of its own: the page around a picture may be light where the reader's system is dark. */
export function picture({ title, description, series, kind, body, height }: Drawing): string {
  const names = legend(series, kind);
  const size = { width: WIDTH, height: TOP + names.height + height };
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    ...size,
    viewBox: `0 0 ${size.width} ${size.height}`,
  };
  const content = [
    element("title", {}, escaped(title)),
    element("desc", {}, escaped(description)),
    style(series.length),
    element("rect", { class: "paper", ...size }),
    label(title.replaceAll("`", ""), { x: SIDE, y: 26 }, { kind: "title" }),
    names.body,
    element("g", { transform: `translate(0 ${TOP + names.height})` }, body),
  ];
  return `${element("svg", { ...attributes, role: "img" }, content.filter(Boolean).join("\n"))}\n`;
}
