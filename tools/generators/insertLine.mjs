/**
 * Put a line before the first line of a file that begins so.
 *
 * @param {import('@nx/devkit').Tree} tree
 * @param {string} file
 * @param {string} beginning
 * @param {string} line
 * @throws {Error} if there is no such line.
 */
export function insertBefore(tree, file, beginning, line) {
  const lines = linesOf(tree, file);
  const at = lines.findIndex((one) => one.startsWith(beginning));
  if (at === -1) throw new Error(`${file}: no line begins with "${beginning}"; add "${line}" by hand`);
  tree.write(file, lines.toSpliced(at, 0, line).join('\n'));
}

/**
 * Put a line among those that begin as it does, in alphabetical order.
 *
 * @param {import('@nx/devkit').Tree} tree
 * @param {string} file
 * @param {string} beginning which the line has too.
 * @param {string} line
 * @throws {Error} if there is no such line.
 */
export function insertSorted(tree, file, beginning, line) {
  const lines = linesOf(tree, file);
  const last = lines.findLastIndex((one) => one.startsWith(beginning));
  if (last === -1) throw new Error(`${file}: no line begins with "${beginning}"; add "${line}" by hand`);
  const after = lines.findIndex((one) => one.startsWith(beginning) && one > line);
  tree.write(file, lines.toSpliced(after === -1 ? last + 1 : after, 0, line).join('\n'));
}

/** @param {import('@nx/devkit').Tree} tree @param {string} file */
function linesOf(tree, file) {
  const text = tree.read(file, 'utf8');
  if (text === null) throw new Error(`there is no ${file}; is this a checkout of Concord?`);
  return text.split('\n');
}
