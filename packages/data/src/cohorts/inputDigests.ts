import { basename, dirname, join } from 'node:path';

/**
 * Digests by the shortest name that tells the files apart: the file's own, with folders in front where two files
 * are called the same. No name depends on where the folder lies.
 */
export function inputDigests(
  inputs: readonly (readonly [path: string, sha256: string])[],
): Record<string, string> {
  const files = [...new Map(inputs)];
  return Object.fromEntries(
    files.map(([path, sha256]) => {
      let [name, rest] = [basename(path), dirname(path)];
      const alike = (other: string) => other !== path && (other === name || other.endsWith(`/${name}`));
      while (rest !== dirname(rest) && files.some(([other]) => alike(other))) {
        name = join(basename(rest), name);
        rest = dirname(rest);
      }
      return [name, sha256];
    }),
  );
}
