// A user's program that asks the wrong fake. Arguments: the client's node_modules, the fake's URL.
import { createRequire } from "node:module";

const [modules, url] = process.argv.slice(2);
const { OpenAI } = createRequire(`${modules}/program.js`)("openai");
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", timeout: 5000 });
const messages = [{ role: "user", content: "Hello" }];
try {
  await client.chat.completions.create({ model: "gpt-5", messages });
  console.log("answered");
} catch (error) {
  console.log(error.message);
}
