"use strict";
/** What a turn prints on stdout, held back. @returns the bytes and the exit code of the turn. */
async function captured(ctx, turn) {
  const chunks = [];
  const { write } = ctx;
  ctx.write = async (chunk) => {
    chunks.push(Buffer.from(chunk));
  };
  const exitCode = await turn();
  ctx.write = write;
  return { bytes: Buffer.concat(chunks), exitCode };
}

module.exports = { captured };
