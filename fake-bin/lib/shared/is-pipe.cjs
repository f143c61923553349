"use strict";

/**
 * Whether what `fstat` tells of is a pipe or a socket, whose other side may be silent for ever or gone. On Windows Node calls a pipe
 * neither FIFO nor anything else.
 */
const isPipe = (stat) =>
  stat.isFIFO() ||
  stat.isSocket() ||
  !(stat.isFile() || stat.isDirectory() || stat.isCharacterDevice() || stat.isBlockDevice());

module.exports = { isPipe };
