import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FetchedFile } from './fetchFile.js';
import { asDiskError } from './partialFile.js';

/** One line of JSON a file that came; lies beside the files. */
const NAME = 'concord-downloads.jsonl';

/**
 * Write down where a file came from, and from which release: releases change data, and the file itself does not
 * say.
 *
 * @throws DiskError if the folder takes it no more.
 */
export async function recordDownload(
  folder: string,
  id: string,
  { size, md5 }: FetchedFile,
  from: { readonly baseUrl: string; readonly release: string | undefined },
): Promise<void> {
  const line = {
    id,
    md5,
    size,
    release: from.release ?? null,
    from: from.baseUrl,
    date: new Date().toISOString(),
  };
  const path = join(folder, NAME);
  await appendFile(path, `${JSON.stringify(line)}\n`).catch((error: unknown) => {
    throw asDiskError(path, error);
  });
}
