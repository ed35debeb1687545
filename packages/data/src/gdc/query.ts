import type { GdcConnection } from './connection.js';
import type { GdcFilter } from './filter.js';
import { GdcError } from './gdcError.js';
import { withRetries, type Patience } from './retry.js';

/** A JSON object as the GDC sent it. */
export type GdcRecord = Readonly<Record<string, unknown>>;

/** What is asked for. */
export interface GdcQuery {
  readonly endpoint: 'files' | 'cases' | 'projects' | 'annotations';
  readonly filter?: GdcFilter;
  /** Names of fields; without any the GDC sends a default set. */
  readonly fields?: readonly string[];
  /** Groups of fields, such as `diagnoses`. */
  readonly expand?: readonly string[];
  /** Records at a time; default 500. Halved where the GDC cannot answer that many. */
  readonly pageSize?: number;
}

/** All records that match. */
export interface GdcHits {
  readonly hits: readonly GdcRecord[];
  /** What the GDC says it left out or did not understand, such as unknown fields. Show them. */
  readonly warnings: readonly string[];
}

/** How a query is carried out. */
export interface QueryOptions extends Patience {
  readonly signal?: AbortSignal;
  /** Hears how many of how many records are there. */
  readonly heard?: (records: number, total: number) => void;
}

/** Every record has its own; sorted by it, pages neither overlap nor leave gaps. */
const UNIQUE_FIELD = {
  files: 'file_id',
  cases: 'case_id',
  projects: 'project_id',
  annotations: 'annotation_id',
} as const;

/** How often all pages are asked for anew before a release that keeps moving is given up. */
const PASSES = 3;
const SMALLEST_PAGE = 10;
/** The GDC has about a million files; a larger answer is a mistake of the server. */
const MOST_RECORDS = 5_000_000;
/** What the GDC, or a gateway before it, answers when a request is too large for it. */
const TOO_LARGE = new Set([413, 500, 502, 504]);

/**
 * Ask for all records that match, page by page. Their number is compared with the total that the GDC names; if
 * it moved meanwhile, or a record came twice, everything is asked for again.
 *
 * @throws GdcError if the GDC refuses, answers something else than documented, or keeps moving.
 * @source NCI-GDC/gdc-docs@880f321, API/Users_Guide/Search_and_Retrieval: from, size, sort, pagination, warnings.
 */
export async function queryGdc(
  connection: GdcConnection,
  query: GdcQuery,
  options: QueryOptions = {},
): Promise<GdcHits> {
  for (let pass = 0; pass < PASSES; pass += 1) {
    const hits = await onePass(connection, query, options);
    if (hits) return hits;
  }
  throw new GdcError(
    `/${query.endpoint}`,
    `the number of records changed in each of ${PASSES} passes; ask again later`,
  );
}

/** All pages, or nothing where they do not fit together. */
async function onePass(
  connection: GdcConnection,
  query: GdcQuery,
  options: QueryOptions,
): Promise<GdcHits | undefined> {
  const hits = new Map<unknown, GdcRecord>();
  const warnings = new Set<string>();
  let size = query.pageSize ?? 500;
  let total: number | undefined;
  while (total === undefined || hits.size < total) {
    const asked = hits.size;
    let page: Page;
    try {
      page = await withRetries(
        () => askPage(connection, query, asked, size, options),
        options,
        options.signal,
      );
    } catch (error) {
      if (!(error instanceof GdcError && TOO_LARGE.has(error.status ?? 0) && size > SMALLEST_PAGE))
        throw error;
      size = Math.max(SMALLEST_PAGE, Math.floor(size / 2));
      continue;
    }
    if (total !== undefined && page.total !== total) return undefined;
    total = page.total;
    page.warnings.forEach((warning) => warnings.add(warning));
    for (const hit of page.hits) hits.set(hit['id'] ?? hit[UNIQUE_FIELD[query.endpoint]], hit);
    if (hits.size !== asked + page.hits.length) return undefined;
    if (page.hits.length === 0 && hits.size < total) return undefined;
    options.heard?.(hits.size, total);
  }
  if (hits.size !== total) return undefined;
  return { hits: [...hits.values()], warnings: [...warnings] };
}

interface Page {
  readonly hits: readonly GdcRecord[];
  readonly total: number;
  readonly warnings: readonly string[];
}

async function askPage(
  connection: GdcConnection,
  { endpoint, filter, fields, expand }: GdcQuery,
  from: number,
  size: number,
  { signal }: QueryOptions,
): Promise<Page> {
  const unique = UNIQUE_FIELD[endpoint];
  const answer = await connection.json(
    `/${endpoint}`,
    {
      ...(filter && { filters: filter }),
      // The unique field is how records are told apart, so it is always among those asked for.
      ...(fields && { fields: [...new Set([unique, ...fields])].join(',') }),
      ...(expand?.length && { expand: expand.join(',') }),
      ...{ from, size, sort: `${unique}:asc`, format: 'JSON' },
    },
    signal ? { signal } : {},
  );
  return readPage(answer, `/${endpoint}`);
}

function readPage(answer: unknown, where: string): Page {
  const { data, warnings } = asRecord(answer);
  const { hits, pagination } = asRecord(data);
  const { total } = asRecord(pagination);
  if (!Array.isArray(hits) || typeof total !== 'number' || !Number.isSafeInteger(total) || total < 0) {
    throw new GdcError(where, 'expected data.hits and data.pagination.total in the answer; is this the GDC?');
  }
  if (total > MOST_RECORDS) throw new GdcError(where, `${total} records match; narrow the filter`);
  return { hits: hits.map(asRecord), total, warnings: readWarnings(warnings) };
}

/** `{"fields": "unrecognized values: [x]"}`; each becomes one line. */
function readWarnings(warnings: unknown): string[] {
  if (typeof warnings === 'string') return warnings === '' ? [] : [warnings];
  return Object.entries(asRecord(warnings)).map(
    ([topic, text]) => `${topic}: ${typeof text === 'string' ? text : JSON.stringify(text)}`,
  );
}

/** An object as it came; anything else has no fields. */
export function asRecord(value: unknown): GdcRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as GdcRecord) : {};
}
