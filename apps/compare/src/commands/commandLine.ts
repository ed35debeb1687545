/** The command that this process was started with, as it can be pasted; `more` is added unless it is there. */
export function commandLine(...more: readonly string[]): string {
  const given = process.argv.slice(2);
  const words = [...given, ...more.filter((word) => !given.includes(word))];
  return ['concord', ...words.map(quoted)].join(' ');
}

/** One word of a command line. */
export function quoted(word: string): string {
  return /^[\w./,:@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
