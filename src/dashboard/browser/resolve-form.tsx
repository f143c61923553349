import { OperatorForm } from "./operator-form.tsx";

interface Props {
  readonly call: { readonly callId: string; readonly name: string };
  readonly obsolete?: string | undefined;
  readonly done: (message: string) => void;
  readonly cancel: () => void;
}

/** Whether a call that is in doubt took effect, as the operator found it. */
export const ResolveForm = ({ call, obsolete, done, cancel }: Props) => (
  <OperatorForm
    label={`Resolve ${call.name}`}
    path={`api/calls/${encodeURIComponent(call.callId)}/resolve`}
    submit="Resolve"
    example="the order is in the shop's list"
    body={(fields) => ({ as: fields.get("as") })}
    obsolete={obsolete}
    done={done}
    cancel={cancel}
  >
    <fieldset>
      <legend>Look at the system that was called. Did it happen?</legend>
      <label class="choice">
        <input type="radio" name="as" value="done" required />
        <span>
          <b>Done.</b> It happened. No later call with this key repeats it.
        </span>
      </label>
      <label class="choice">
        <input type="radio" name="as" value="absent" required />
        <span>
          <b>Absent.</b> It did not happen. The next call with this key runs it.
        </span>
      </label>
    </fieldset>
  </OperatorForm>
);
