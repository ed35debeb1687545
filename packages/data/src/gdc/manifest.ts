import { readFile, stat } from 'node:fs/promises';
import { DataError } from '../dataError.js';
import { fileNameProblem } from './fileName.js';
import { clipped, isUuid } from './uuid.js';

/** One file of a manifest. */
export interface ManifestEntry {
  /** UUID, in lower case. */
  readonly id: string;
  /** Safe to be used as one part of a path. */
  readonly filename: string;
  /** 32 hexadecimal digits, in lower case; absent where the table has none. */
  readonly md5?: string;
  /** Bytes; absent where the table has none. */
  readonly size?: number;
  /** As written: submitted, live, released, validated. Shown, never a reason to refuse. */
  readonly state?: string;
  /** All other columns, by name; cells of `NA` and empty ones are left out. */
  readonly extra: ReadonlyMap<string, string>;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** Files of the GDC, each of which occurs once. */
export interface Manifest {
  /** File, or how it came about. */
  readonly source: string;
  readonly entries: readonly ManifestEntry[];
  /** What was accepted and should be known: repeated rows, missing checksums. */
  readonly notes: readonly string[];
}

/** What is wrong with one line. */
export interface ManifestProblem {
  readonly line: number;
  readonly problem: string;
}

/** Columns that are known, under all the names that tables of the GDC give them; earlier names win. */
const ALIASES = {
  id: ['id', 'file_id', 'uuid'],
  filename: ['filename', 'file_name'],
  md5: ['md5', 'md5sum'],
  size: ['size', 'file_size'],
  state: ['state'],
} as const;

type Role = keyof typeof ALIASES;

/** A manifest of the whole GDC has about a million rows, in 150 MB. */
const MOST_BYTES = 2 ** 28;
/** A table without end would fill memory with its own mistakes. */
const MOST_PROBLEMS = 1000;

/**
 * Read a manifest file.
 *
 * @throws DataError if it is missing, no UTF-8, too large or not valid; see `parseManifest`.
 */
export async function readManifest(path: string): Promise<Manifest> {
  return parseManifest(await readManifestText(path), path);
}

/**
 * The text of a manifest file, whatever is in it.
 *
 * @throws DataError if it is missing, no regular file, too large or no UTF-8.
 */
export async function readManifestText(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new DataError(path, 'no such file');
  if (!found.isFile()) throw new DataError(path, 'that is not a file; expected a manifest');
  if (found.size > MOST_BYTES) {
    throw new DataError(path, `${found.size} bytes are more than a manifest has (${MOST_BYTES}); split it`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof TypeError) throw new DataError(path, 'it is not UTF-8 text; expected a manifest');
    throw error;
  }
}

/**
 * Read the text of a manifest: tab-separated, one row a file. Byte order mark, Windows line ends, blank lines
 * and a missing last line end are accepted.
 *
 * @throws DataError naming the first line that is wrong, and how many more are.
 */
export function parseManifest(text: string, source: string): Manifest {
  const { manifest, problems } = inspectManifest(text, source);
  const first = problems[0];
  if (!first) return manifest;
  const more = problems.length > 1 ? ` (${problems.length - 1} more lines have problems)` : '';
  throw new DataError(`${source}, line ${first.line}`, `${first.problem}${more}`);
}

/**
 * Read what can be read of a manifest and list what is wrong with the rest, at most 1,000 lines of it.
 *
 * @throws DataError if the header does not name the columns of a manifest.
 * @source NCI-GDC/gdc-docs@880f321, Encyclopedia/Manifest_File; other names of the same columns from its
 *   Data/Release_Notes/GCv36_Manifests.
 */
export function inspectManifest(
  text: string,
  source: string,
): { readonly manifest: Manifest; readonly problems: readonly ManifestProblem[] } {
  const lines = linesOf(text.replace(/^\uFEFF/, ''));
  const header = lines.next();
  if (header.done) throw new DataError(source, 'the manifest is empty');
  const columns = readHeader(header.value.text, `${source}, line ${header.value.line}`);

  const entries = new Map<string, ManifestEntry>();
  const problems: ManifestProblem[] = [];
  let repeated = 0;
  for (const { text: row, line } of lines) {
    if (problems.length === MOST_PROBLEMS) break;
    const entry = readRow(row, line, columns);
    if (typeof entry === 'string') {
      problems.push({ line, problem: entry });
      continue;
    }
    const known = entries.get(entry.id);
    const conflict = known && conflictOf(known, entry);
    if (conflict)
      problems.push({ line, problem: `${entry.id} has another ${conflict} in line ${known.line}` });
    else if (known) repeated += 1;
    else entries.set(entry.id, entry);
  }
  const all = [...entries.values()];
  return { manifest: { source, entries: all, notes: notesOn(all, repeated) }, problems };
}

/** Which fact two rows of one file disagree about; a fact that one of them lacks is no disagreement. */
export function conflictOf(one: ManifestEntry, other: ManifestEntry): string | undefined {
  return (['md5', 'size', 'filename'] as const).find(
    (fact) => one[fact] !== undefined && other[fact] !== undefined && one[fact] !== other[fact],
  );
}

interface Columns {
  readonly roles: Readonly<Partial<Record<Role, number>>>;
  readonly others: readonly (readonly [name: string, index: number])[];
  readonly count: number;
}

function readHeader(text: string, where: string): Columns {
  const names = text.split('\t').map((name) => name.trim());
  const index = new Map<string, number>();
  names.forEach((name, i) => {
    const lower = name.toLowerCase();
    if (name !== '' && index.has(lower)) throw new DataError(where, `column ${clipped(name)} occurs twice`);
    index.set(lower, i);
  });
  const find = (role: Role) => ALIASES[role].map((name) => index.get(name)).find((i) => i !== undefined);
  const [id, filename] = [find('id'), find('filename')];
  const hint = names.length === 1 && /[,;]/.test(text) ? '; columns are separated by tabs' : '';
  if (id === undefined) throw new DataError(where, `no column id (or file_id, uuid)${hint}`);
  if (filename === undefined) throw new DataError(where, `no column filename (or file_name)${hint}`);
  const [md5, size, state] = [find('md5'), find('size'), find('state')];
  const roles = {
    ...{ id, filename },
    ...(md5 !== undefined && { md5 }),
    ...(size !== undefined && { size }),
    ...(state !== undefined && { state }),
  };
  const taken = new Set<number>(Object.values(roles));
  const others = names.map((name, i) => [name, i] as const).filter(([name, i]) => name && !taken.has(i));
  return { roles, others, count: names.length };
}

/** An entry, or what is wrong with the row. */
function readRow(text: string, line: number, { roles, others, count }: Columns): ManifestEntry | string {
  const cells = text.split('\t', count + 1).map((cell) => cell.trim());
  if (cells.length !== count) {
    return `${cells.length > count ? 'more' : cells.length} cells; the header has ${count} columns`;
  }
  const cell = (role: Role): string | undefined => {
    const at = roles[role];
    return at === undefined || isBlank(cells[at]!) ? undefined : cells[at];
  };
  const [id, md5, size, state] = [cell('id'), cell('md5'), cell('size'), cell('state')];
  // A blank is taken off other cells; of a name it would change what is asked for.
  const filename = text.split('\t', count)[roles.filename!]!;
  if (id === undefined) return 'the id is empty';
  if (!isUuid(id)) return `id "${clipped(id)}" is no UUID (8-4-4-4-12 hexadecimal digits)`;
  const refused = fileNameProblem(filename);
  if (refused) return `file name "${clipped(filename)}" is refused: ${refused}`;
  if (md5 !== undefined && !/^[0-9A-Fa-f]{32}$/.test(md5)) {
    return `md5 "${clipped(md5)}" is not 32 hexadecimal digits`;
  }
  if (size !== undefined && !(/^[0-9]+$/.test(size) && Number.isSafeInteger(Number(size)))) {
    return `size "${clipped(size)}" is no number of bytes`;
  }
  return {
    id: id.toLowerCase(),
    filename,
    ...(md5 !== undefined && { md5: md5.toLowerCase() }),
    ...(size !== undefined && { size: Number(size) }),
    ...(state !== undefined && { state }),
    extra: new Map(
      others.map(([name, i]) => [name, cells[i]!] as const).filter(([, value]) => !isBlank(value)),
    ),
    line,
  };
}

function isBlank(cell: string): boolean {
  return cell === '' || cell === 'NA';
}

function notesOn(entries: readonly ManifestEntry[], repeated: number): string[] {
  const without = (fact: 'md5' | 'size') => entries.filter((entry) => entry[fact] === undefined).length;
  return [
    ...(repeated ? [`${repeated} rows repeat a row above; each file is taken once`] : []),
    ...(without('md5') ? [`${without('md5')} files have no md5 here`] : []),
    ...(without('size') ? [`${without('size')} files have no size here`] : []),
  ];
}

/** Lines that are not blank, with their numbers, without a second copy of the text. */
function* linesOf(text: string): Generator<{ text: string; line: number }, void> {
  let start = 0;
  for (let line = 1; start <= text.length; line += 1) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const row = text.slice(start, end).replace(/\r$/, '');
    if (row.trim() !== '') yield { text: row, line };
    start = end + 1;
  }
}
