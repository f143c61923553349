import { CONDITIONS } from "./conditions.ts";
import { observe, type Cli } from "./observe.ts";

const UNTIL_LEARNT = ["--structured", '{"a":"text"}'];

/**
 * What the fake answers when all goes well is its own choice. The gateway is told to have the model answer the same,
 * so that the words need no exception.
 *
 * @returns arguments for the fake Messages API
 */
export async function learnAnswers(fake: Cli): Promise<readonly string[]> {
  const seen = async (name: string) => {
    const condition = CONDITIONS.find((candidate) => candidate.name === name);
    if (!condition) throw new Error(`There is no condition ${name}.`);
    const { raw } = await observe(fake, condition, UNTIL_LEARNT);
    if (raw.exitCode !== 0) {
      throw new Error(
        `${fake.file} gives exit code ${raw.exitCode} for ${name}: ${raw.stderr || raw.stdout}`,
      );
    }
    return raw.stdout.replace(/\n$/, "");
  };
  return ["--text", await seen("ok/text"), "--structured", await seen("schema-honoured/text")];
}
