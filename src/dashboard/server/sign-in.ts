import type { IncomingMessage, ServerResponse } from "node:http";
import { type Access, cookieName } from "./access.ts";
import { RefusedRequest } from "../refused-request.ts";
import { FORM_HEADERS, readBody, sendBody } from "./respond.ts";

const HTML = "text/html; charset=utf-8";

/** A page without script and style: there is no session yet, so nothing else is served. */
const page = (head: string, body: string) =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>hardcall dashboard</title>
${head}</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

const FORM = `<form method="post" action="/session">
<p><label>Token <input name="token" type="password" autocomplete="off" required autofocus></label>
<button>Open</button></p>
</form>`;

const OPENED = page(
  // The document itself asks for the next one: a browser sends a SameSite=Strict cookie with that, and not with a redirect
  // of a link that another site had. The token leaves the address bar.
  `<meta http-equiv="refresh" content="0; url=/">\n`,
  `<p>Opening the dashboard. If nothing happens: <a href="/">open it</a>.</p>`,
);

const needToken = (why: string) =>
  page(
    "",
    `<h1>hardcall dashboard</h1>\n<p>${why} Open the URL that <code>hardcall dashboard</code> printed last, or enter its token.</p>\n${FORM}`,
  );

/** `GET /?token=…`, which opens a session, or `GET /` without one. HEAD spends no token: previews of links ask so. */
export function signInByUrl(
  request: IncomingMessage,
  response: ServerResponse,
  { access, token, port }: { readonly access: Access; readonly token: string | null; readonly port: number },
): void {
  if (token === null || request.method === "HEAD") {
    sendBody(request, response, 401, HTML, needToken("This browser has no session."), FORM_HEADERS);
    return;
  }
  answer(request, response, access.openSession(token), port);
}

/** `POST /session` of the form. */
export async function signInByForm(
  request: IncomingMessage,
  response: ServerResponse,
  { access, port }: { readonly access: Access; readonly port: number },
): Promise<void> {
  const form = new URLSearchParams(await readBody(request, "application/x-www-form-urlencoded"));
  const token = form.get("token")?.trim();
  if (!token) throw new RefusedRequest("bad_request", "The form has no token.");
  answer(request, response, access.openSession(token), port);
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  cookie: string | undefined,
  port: number,
): void {
  if (cookie === undefined) {
    sendBody(
      request,
      response,
      401,
      HTML,
      needToken("This token is wrong, or was used before."),
      FORM_HEADERS,
    );
    return;
  }
  const headers = {
    ...FORM_HEADERS,
    "set-cookie": `${cookieName(port)}=${cookie}; HttpOnly; SameSite=Strict; Path=/`,
  };
  sendBody(request, response, 200, HTML, OPENED, headers);
}
