import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Done } from "../data.ts";
import { announce } from "./announcer.ts";
import { RefusedRequest, post, sentence } from "./api.ts";

/** Where the browser keeps the operator's name: most people resolve more than one. */
const REMEMBERED = "hardcall.by";

interface Props {
  /** The form's name for a screen reader. */
  readonly label: string;
  readonly path: string;
  readonly submit: string;
  /** What to type under "why", as an example. */
  readonly example: string;
  /** What the request says beside who and why. Fields with a name, of the class that HTML requires. */
  readonly body: (fields: FormData) => Readonly<Record<string, unknown>>;
  readonly children?: ComponentChildren;
  /** Why it cannot be sent any more. */
  readonly obsolete?: string | undefined;
  readonly done: (message: string) => void;
  readonly cancel: () => void;
}

/** A form for what only a person knows. It is not drawn again by events, so nothing that is typed gets lost. */
export function OperatorForm({
  label,
  path,
  submit,
  example,
  body,
  children,
  obsolete,
  done,
  cancel,
}: Props) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [needsForce, setNeedsForce] = useState(false);

  const send = async (event: Event) => {
    event.preventDefault();
    if (busy || form.current === null) return;
    const fields = new FormData(form.current);
    const [by, why] = [fieldOf(fields, "by"), fieldOf(fields, "why")];
    if (by === "" || why === "") {
      setProblem("Give your name and the reason: the ledger keeps both.");
      form.current.querySelector<HTMLInputElement>(by === "" ? '[name="by"]' : '[name="why"]')?.focus();
      return;
    }
    setBusy(true);
    setProblem("");
    try {
      const force = fields.get("force") === "on";
      const { message } = await post<Done>(path, { ...body(fields), by, why, ...(force && { force }) });
      remember(by);
      announce(message);
      done(message);
    } catch (error) {
      setProblem(sentence(error));
      if (error instanceof RefusedRequest && error.needsForce) setNeedsForce(true);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      ref={form}
      class="operator"
      aria-label={label}
      onSubmit={(event) => void send(event)}
      onKeyDown={(event) => {
        if (event.key === "Escape") cancel();
      }}
    >
      {children}
      <div class="fields">
        <label for={`${id}-by`}>
          Who you are
          <input
            id={`${id}-by`}
            name="by"
            required
            maxLength={200}
            autocomplete="name"
            defaultValue={remembered()}
          />
        </label>
        <label for={`${id}-why`}>
          Why
          <input
            id={`${id}-why`}
            name="why"
            required
            maxLength={2000}
            autocomplete="off"
            placeholder={example}
          />
        </label>
      </div>
      {needsForce && (
        <label class="choice">
          <input type="checkbox" name="force" />
          <span>Overrule this. I know that nothing of this call is at work any more.</span>
        </label>
      )}
      <p class="problem" role="alert">
        {obsolete ?? problem}
      </p>
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy || obsolete !== undefined} aria-busy={busy}>
          {submit}
        </button>
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

const fieldOf = (fields: FormData, name: string): string => {
  const value = fields.get(name);
  return typeof value === "string" ? value.trim() : "";
};

function remembered(): string {
  try {
    return localStorage.getItem(REMEMBERED) ?? "";
  } catch {
    // A browser that keeps nothing for this origin.
    return "";
  }
}

function remember(by: string): void {
  try {
    localStorage.setItem(REMEMBERED, by);
  } catch {
    // As above; the name is then typed each time.
  }
}
