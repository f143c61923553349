// A user's program: one message, with a client of some version. Arguments: the client's node_modules, the fake's URL.
import { createRequire } from "node:module";

const [modules, baseURL] = process.argv.slice(2);
const loaded = createRequire(`${modules}/program.js`)("@anthropic-ai/sdk");
const Anthropic = loaded.default ?? loaded;
const client = new Anthropic({ baseURL, apiKey: "none", maxRetries: 1 });
// With the request: clients before 0.25 wait 10 minutes for a message, even if the client itself has a limit.
const limit = { timeout: 2000 };
const messages = [{ role: "user", content: "Hello" }];
try {
  const answer = await client.messages.create({ model: "claude-sonnet-5", max_tokens: 100, messages }, limit);
  console.log(JSON.stringify({ text: answer.content[0].text }));
} catch (error) {
  console.log(JSON.stringify({ error: error.constructor.name, status: error.status }));
}
