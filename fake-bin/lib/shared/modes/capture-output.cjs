"use strict";

/** Runs a turn and keeps what it would print on stdout. @returns the bytes and the exit code of the turn. */
async function captureOutput(ctx, turn) {
  const chunks = [];
  const { write } = ctx;
  ctx.write = async (chunk) => {
    chunks.push(Buffer.from(chunk));
  };
  const exitCode = await turn();
  ctx.write = write;
  return { bytes: Buffer.concat(chunks), exitCode };
}

module.exports = { captureOutput };
