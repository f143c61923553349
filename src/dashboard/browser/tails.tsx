import { useState } from "preact/hooks";
import type { Tails } from "../data.ts";
import { sentence } from "./api.ts";
import { visibleLines } from "./format.ts";
import { readTails } from "./use-call.ts";

/** What attempts wrote to stderr. Read only on a click: it may hold names and addresses that a shared screen should not show. */
export function TailsOnDemand({ callId }: { callId: string }) {
  const [tails, setTails] = useState<Tails["tails"] | undefined>();
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const show = async () => {
    setBusy(true);
    try {
      setTails((await readTails(callId)).tails);
      setProblem("");
    } catch (error) {
      setProblem(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby="tails-title">
      <h3 id="tails-title">The end of stderr</h3>
      <div class="buttons">
        <button type="button" onClick={() => void show()} aria-busy={isBusy} disabled={isBusy}>
          {tails === undefined ? "Show it" : "Read it again"}
        </button>
        {tails !== undefined && (
          <button type="button" onClick={() => setTails(undefined)}>
            Hide it
          </button>
        )}
      </div>
      <p class="problem" role="alert">
        {problem}
      </p>
      <div aria-live="polite">
        {tails?.map(({ attempt, text }, index) => (
          <figure key={index}>
            {attempt !== undefined && <figcaption class="quiet">Attempt {attempt}</figcaption>}
            <pre tabIndex={0}>{visibleLines(text)}</pre>
          </figure>
        ))}
      </div>
    </section>
  );
}
