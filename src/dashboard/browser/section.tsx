import type { ComponentChildren } from "preact";

/** A landmark with a heading that can take the focus after an action inside removed what had it. */
export const Section = ({
  id,
  title,
  note,
  children,
}: {
  id: string;
  title: string;
  note?: ComponentChildren;
  children: ComponentChildren;
}) => (
  <section id={id} aria-labelledby={`${id}-title`}>
    <div class="section-head">
      <h2 id={`${id}-title`} tabIndex={-1}>
        {title}
      </h2>
      {note !== undefined && <span class="quiet">{note}</span>}
    </div>
    {children}
  </section>
);

/** Puts the focus where the reader goes on. */
export const focusTitle = (id: string): void => document.getElementById(`${id}-title`)?.focus();
