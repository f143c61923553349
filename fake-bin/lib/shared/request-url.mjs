const ORIGIN = "http://127.0.0.1";

/** The URL of a request to a fake server. A path that begins with two slashes names no other host. */
export const urlOf = ({ url }) => new URL(url.startsWith("/") ? ORIGIN + url : url, ORIGIN);
