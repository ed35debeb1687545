/** How long a name may be on the file systems in use, in bytes of UTF-8. */
const MOST_BYTES = 255;

/**
 * Why a file name of a manifest or of a server may not be used, or nothing where it may. Names come from
 * elsewhere and become paths here: one with a separator would be written outside its folder, one that starts
 * with a dash would be taken for an option.
 */
export function fileNameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name === '.' || name === '..') return 'it names a folder';
  if (/[/\\]/.test(name)) return 'it has a path separator';
  // Control and format characters, among them NUL, line ends and those that turn the direction of writing.
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) return 'it has a control character';
  if (name.startsWith('-')) return 'it starts with a dash, which programs take for an option';
  if (name !== name.trim()) return 'it starts or ends with a blank';
  if (/\.partial$/i.test(name)) return 'it ends in .partial, which marks unfinished downloads';
  if (Buffer.byteLength(name) > MOST_BYTES) return `it is longer than ${MOST_BYTES} bytes`;
  return undefined;
}
