/** Longest name whose lines the Python formatter leaves as the templates have them. */
const LONGEST = 24;

/** Files that every package has, and words that neither language takes as a name. */
const TAKEN = [
  ...['index', 'config', 'backbone', 'module', 'variants', 'plain', 'tf', 'forward', 'draws', 'options'],
  ...['class', 'new', 'delete', 'function', 'return', 'default', 'import', 'export', 'enum', 'super', 'this'],
  ...['null', 'true', 'false', 'void', 'with', 'yield', 'await', 'async', 'let', 'var', 'const', 'static'],
  ...['if', 'in', 'do', 'for', 'try', 'case', 'else', 'switch', 'while', 'break', 'throw', 'typeof', 'none'],
  ...['def', 'del', 'from', 'lambda', 'pass', 'raise', 'global', 'assert', 'and', 'or', 'not', 'is', 'as'],
];

/**
 * One name as each place writes it.
 *
 * @typedef {{ name: string, camel: string, pascal: string, snake: string }} Names
 */

/**
 * @param {string} kind what is named, for messages.
 * @param {string} name small letters and digits, words joined by hyphens.
 * @returns {Names}
 * @throws {Error} saying what a name may be.
 */
export function namesOf(kind, name) {
  if (!/^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$/.test(name) || name.length > LONGEST) {
    throw new Error(
      `${kind} "${name}": a name has at most ${LONGEST} small letters and digits, words joined by hyphens, each ` +
        'beginning with a letter, as in my-model',
    );
  }
  if (TAKEN.includes(name)) throw new Error(`${kind} "${name}": that name is taken; choose another`);
  const pascal = name.replace(/(?:^|-)([a-z])/g, (_all, /** @type {string} */ letter) =>
    letter.toUpperCase(),
  );
  return {
    name,
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    snake: name.replaceAll('-', '_'),
  };
}
