import { STILL_HANGING, type Answer, type Trial } from "./trial.mts";

/** What a caller answered, and how many processes it left, in at most `width` characters. */
export function shown({ answer, left }: Trial, width: number): string {
  const more = left > 0 ? ` +${left}` : "";
  return `${short(answer, width - more.length)}${more}`;
}

function short(answer: Answer, width: number): string {
  if (answer === STILL_HANGING) return answer.length > width ? "hangs" : answer;
  if ("code" in answer) return answer.code.slice(0, width);
  // Blank characters would not show, and a line feed would break the table.
  const visible = answer.draft
    .slice(0, 40)
    .replaceAll(/[\s\p{C}]+/gu, " ")
    .trim();
  return visible.length > width - 2 ? `"${visible.slice(0, width - 3)}…"` : `"${visible}"`;
}
