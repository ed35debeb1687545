import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BagError, findBags, openBag, writeBag, type BagPath, type WrittenFormat } from '@concord/data';

export interface ConvertOptions {
  readonly to: WrittenFormat;
  /** Folder of the written files; made if it is not there. */
  readonly out: string;
  readonly dtype: 'keep' | 'float32';
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number, slide: string) => void;
}

/** What became of one file. */
export interface Converted {
  readonly slide: string;
  readonly from: string;
  readonly to?: string;
  readonly rows?: number;
  readonly width?: number;
  readonly dtype?: string;
  /** Why it was not written. */
  readonly problem?: string;
}

/** Write all bags of some folders in one format; one that is broken does not keep the others. */
export async function convertBags(paths: readonly string[], options: ConvertOptions): Promise<Converted[]> {
  const sources = findBags(paths);
  requireOneEach(sources);
  mkdirSync(options.out, { recursive: true });
  const results: Converted[] = [];
  for (const [i, source] of sources.entries()) {
    options.signal.throwIfAborted();
    options.progress(i, sources.length, source.slide);
    results.push(await convertOne(source, options));
  }
  return results;
}

function requireOneEach(sources: readonly BagPath[]): void {
  const seen = new Map<string, string>();
  for (const { slide, path } of sources) {
    const other = seen.get(slide);
    if (other !== undefined) {
      throw new Error(
        `${path} and ${other} are of one slide and would be written to one file; name one of the folders`,
      );
    }
    seen.set(slide, path);
  }
}

async function convertOne({ slide, path }: BagPath, options: ConvertOptions): Promise<Converted> {
  const target = join(options.out, `${slide}.${options.to}`);
  try {
    const bag = await openBag(path);
    try {
      await writeBag(bag, target, options.to, { dtype: options.dtype, signal: options.signal });
      return { slide, from: path, to: target, rows: bag.rows, width: bag.width, dtype: bag.dtype };
    } finally {
      bag.close();
    }
  } catch (error) {
    if (!(error instanceof BagError)) throw error;
    return { slide, from: path, problem: error.message };
  }
}
