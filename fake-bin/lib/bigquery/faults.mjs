import { problem } from "./rest/errors.mjs";
import { send } from "./rest/send.mjs";

/** Answers a request with a fault, or not at all. */
export function sendFault(request, response, kind) {
  switch (kind) {
    case "hang":
      return undefined;
    case "reset":
      return request.socket.resetAndDestroy();
    case "empty-object":
      return send(response, { status: 200, body: {} });
    case "truncated": {
      response.writeHead(200, { "content-type": "application/json" });
      return response.end('{"kind":"bigquery#job","sta');
    }
    case "502": {
      response.writeHead(502, { "content-type": "text/html" });
      return response.end("<html><title>502</title><h1>Bad Gateway</h1></html>");
    }
    case "404":
      return send(response, problem(404, "notFound", "Not found"));
    case "rate-limit":
      return send(response, problem(403, "rateLimitExceeded", "Exceeded rate limits"));
    case "quota":
      return send(response, problem(403, "quotaExceeded", "Quota exceeded"));
    case "denied":
      return send(response, problem(403, "accessDenied", "Access Denied"));
    default:
      return send(response, problem(503, "backendError", "Visibility check was unavailable."));
  }
}
