/** Where in a value we are: a linked list, so that walking a large value allocates no text. */
export type Path = { readonly label: string } | { readonly up: Path; readonly step: string | number };

export function childPath(up: Path, key: string): Path {
  return { up, step: key };
}

export function indexPath(up: Path, index: number): Path {
  return { up, step: index };
}

const LONGEST_STEP = 40;
const MOST_STEPS = 12;

/** `input.items[2].price`; names that are not identifiers in brackets, long names and deep paths shortened. */
export function showPath(path: Path): string {
  const steps: string[] = [];
  let at = path;
  while ("up" in at) {
    steps.push(showStep(at.step));
    at = at.up;
  }
  const shown = steps.toReversed();
  const middle = shown.length > MOST_STEPS ? [...shown.slice(0, 6), " … ", ...shown.slice(-5)] : shown;
  return at.label + middle.join("");
}

function showStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  const name = step.length > LONGEST_STEP ? `${step.slice(0, LONGEST_STEP)}…` : step;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}
