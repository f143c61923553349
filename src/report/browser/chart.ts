import { DAY_CHARTS } from "./by-day.ts";
import { data } from "./page.ts";
import { timeline } from "./timeline.ts";

function chartFor(place: HTMLElement): ((width: number) => Element) | undefined {
  const { call, sentinel, days } = place.dataset;
  if (days !== undefined) return DAY_CHARTS[days];
  if (sentinel !== undefined) {
    const row = data.sentinels[Number(sentinel)];
    return row && ((width) => timeline(width, undefined, [row]));
  }
  const found = data.calls[Number(call)];
  return found && ((width) => timeline(width, found.runs, found.artifacts));
}

/** Draws each chart into its place on the page, and redraws it when its width changes. */
const observer = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    const place = target as HTMLElement;
    const width = Math.round(contentRect.width);
    if (width === 0 || place.dataset["width"] === String(width)) continue;
    place.dataset["width"] = String(width);
    const chart = chartFor(place)?.(width);
    if (chart !== undefined) place.replaceChildren(chart);
  }
});
for (const place of document.querySelectorAll<HTMLElement>(".chart")) observer.observe(place);
