/** What a screen reader is told: things that ask for an action, not that a call began or ended. */
const GATHER_MS = 1500;

let said: string[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says a sentence in the page's live region, together with those of the same moment. */
export function announce(text: string): void {
  said.push(text);
  timer ??= setTimeout(() => {
    timer = undefined;
    const region = document.getElementById("announcements");
    if (region !== null)
      region.textContent = said.length > 3 ? `${said.slice(0, 3).join(" ")} And more.` : said.join(" ");
    said = [];
  }, GATHER_MS);
}
