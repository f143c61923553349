/** A mode of a fake agent, and the right answer to it: the draft, or an error code. */
export interface Mode {
  readonly name: string;
  readonly right: string;
  /** Right as well: hardcall ends an agent that begins to retry by itself, and would start the next attempt. */
  readonly orCode?: string;
  /** The caller asks for JSON that fits a schema. */
  readonly schema?: true;
  /** The caller asks for one-time text around the answer: nothing else shows that the prompt was lost. */
  readonly marker?: true;
  /** The caller continues a session. */
  readonly resumes?: true;
  /** The naive caller takes the answer from a file, in which there is one of an earlier run. */
  readonly answerFile?: true;
  /** The fake answers with a text of its own. */
  readonly ownText?: true;
  /** The process does not end by itself, or holds its output open. */
  readonly hangs?: true;
}

export const DRAFT = "draft";

/** The draft of all other modes that answer. */
export const TEXT = "The morning light reached the harbour before the boats did. Nobody had told the gulls.";
