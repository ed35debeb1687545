import type { AskOptions, GdcConnection } from './connection.js';
import { GdcError } from './gdcError.js';
import { asRecord } from './query.js';
import { withRetries, type Patience } from './retry.js';
import { isUuid } from './uuid.js';

/**
 * Which release of the data is served, such as `Data Release 43.0 - May 07, 2025`; nothing where a mirror has no
 * `/status`. It belongs beside every download: releases change data.
 *
 * @throws GdcError if the server cannot be reached.
 */
export async function gdcRelease(
  connection: GdcConnection,
  options: Patience & AskOptions = {},
): Promise<string | undefined> {
  try {
    const status = await withRetries(
      () => connection.json('/status', undefined, options),
      options,
      options.signal,
    );
    const release = asRecord(status)['data_release'];
    return typeof release === 'string' ? release : undefined;
  } catch (error) {
    if (error instanceof GdcError && error.status === 404) return undefined;
    throw error;
  }
}

/** The file that came after one that is no longer served. */
export interface Successor {
  readonly latestId: string;
  readonly latestFilename?: string;
  readonly release?: string;
}

/** The GDC takes no more at once. */
const IDS_AT_ONCE = 500;

/**
 * What became of files that left the release.
 *
 * @returns by id; files without a successor are left out.
 * @source NCI-GDC/gdc-client@254c55b, query/versions.py: POST /files/versions.
 */
export async function findSuccessors(
  connection: GdcConnection,
  ids: readonly string[],
  options: Patience & AskOptions = {},
): Promise<Map<string, Successor>> {
  const found = new Map<string, Successor>();
  for (let i = 0; i < ids.length; i += IDS_AT_ONCE) {
    const asked = { ids: ids.slice(i, i + IDS_AT_ONCE) };
    const answer = await withRetries(
      () => connection.json('/files/versions', asked, options),
      options,
      options.signal,
    );
    for (const row of Array.isArray(answer) ? answer.map(asRecord) : []) {
      const { id, latest_id, latest_filename, latest_release } = row;
      if (typeof id !== 'string' || typeof latest_id !== 'string' || !isUuid(latest_id)) continue;
      if (latest_id.toLowerCase() === id.toLowerCase()) continue;
      found.set(id.toLowerCase(), {
        latestId: latest_id.toLowerCase(),
        ...(typeof latest_filename === 'string' && { latestFilename: latest_filename }),
        ...(typeof latest_release === 'string' && { release: latest_release }),
      });
    }
  }
  return found;
}
