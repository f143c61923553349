/** Whether this process runs on Windows. What differs there in more than a word has a module of its own, in a folder `windows`. */
export const isWindows = process.platform === "win32";
