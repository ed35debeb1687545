import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createSafetensors, type TensorPlan } from '@concord/safetensors';
import type { BagFile } from './bagFile.js';
import { BagError } from './bagError.js';
import type { BagPath } from './findBags.js';
import type { FloatType } from './floatType.js';
import { sharedAttributes } from './joinBags.js';
import { openBag } from './openBag.js';
import { openPack, PACK_FORM, type PackedSlide } from './packFile.js';
import { requireSameKind } from './sameKind.js';
import { copyRows, SAFETENSORS_DTYPES } from './writeBag.js';

export interface PackOptions {
  /** Default `keep`: the slides' dtype, float32 if they differ. */
  readonly dtype?: 'keep' | 'float32';
  /** Read every source to its end before an existing pack is reused, instead of its size and time of change. */
  readonly verify?: boolean;
  readonly signal?: AbortSignal;
  /** Told before each slide. */
  readonly progress?: (done: number, total: number, slide: string) => void;
}

export interface PackResult {
  readonly path: string;
  readonly key: string;
  /** True if the sources had not changed and nothing was written. */
  readonly reused: boolean;
  readonly slides: number;
  readonly rows: number;
  readonly width: number;
  readonly dtype: FloatType;
  readonly bytes: number;
}

/** What is known of a source before its numbers are read. */
interface Source extends BagPath {
  readonly bytes: number;
  readonly modified: number;
}

type Described = Source & Pick<BagFile, 'rows' | 'width' | 'dtype' | 'encoder' | 'attributes' | 'coords'>;

/** The features begin at a page, so that whoever maps the file can hand them on as they are. */
const PAGE = 4096;

/** A digest that is not known yet takes the room of one that is. */
const NO_DIGEST = '0'.repeat(64);

/**
 * Pack the features of a cohort into one file that is read by position. A pack that exists is kept if its
 * sources have the digests that it was made of.
 *
 * @param sources one file a slide, of one width and encoder; see `findBags`.
 * @param path of the pack. It appears when it is complete.
 * @throws BagError if a slide occurs twice, cannot be read, is not finite, or is of another kind than the rest.
 */
export async function packBags(
  sources: readonly BagPath[],
  path: string,
  options: PackOptions = {},
): Promise<PackResult> {
  const stated = requireDistinct(sources).map((source): Source => {
    const { size, mtimeMs } = statSync(source.path);
    return { ...source, bytes: size, modified: Math.floor(mtimeMs) };
  });
  if (existsSync(path) && (await isCurrent(path, stated, options))) return resultOf(path, true);
  const described = await describeAll(stated, options.signal);
  requireSameKind(described);
  const [first] = described;
  const alike = options.dtype !== 'float32' && described.every(({ dtype }) => dtype === first!.dtype);
  await writePack(described, path, alike ? first!.dtype : 'float32', options);
  return resultOf(path, false);
}

function requireDistinct(sources: readonly BagPath[]): readonly BagPath[] {
  if (sources.length === 0) throw new BagError('bad-request', 'pack', 'there are no slides to pack');
  const seen = new Map<string, string>();
  for (const { slide, path } of sources) {
    const other = seen.get(slide);
    if (other !== undefined) {
      throw new BagError(
        'bad-request',
        path,
        `is of the same slide as ${other}; name one folder, h5_files or pt_files`,
      );
    }
    seen.set(slide, path);
  }
  return sources;
}

function resultOf(path: string, reused: boolean): PackResult {
  const pack = openPack(path);
  try {
    const { key, slides, width, dtype } = pack;
    const rows = slides.reduce((sum, slide) => sum + slide.rows, 0);
    return { path, key, reused, slides: slides.length, rows, width, dtype, bytes: statSync(path).size };
  } finally {
    pack.close();
  }
}

/** Whether a pack was made of these sources, by size and time of change, or by digest where a time differs. */
async function isCurrent(path: string, sources: readonly Source[], options: PackOptions): Promise<boolean> {
  const packed = existingSlides(path, options);
  if (packed?.length !== sources.length) return false;
  for (const [i, source] of sources.entries()) {
    const { slide, bytes, modified, sha256 } = packed[i]!;
    if (slide !== source.slide || bytes !== source.bytes) return false;
    if (modified === source.modified && !options.verify) continue;
    options.signal?.throwIfAborted();
    if ((await digest(source.path, options.signal)) !== sha256) return false;
  }
  return true;
}

function existingSlides(path: string, { dtype }: PackOptions): readonly PackedSlide[] | undefined {
  try {
    const pack = openPack(path);
    pack.close();
    return dtype === 'float32' && pack.dtype !== 'float32' ? undefined : pack.slides;
  } catch (error) {
    // Packs appear whole, so what cannot be opened is likely something else, and is not overwritten.
    if (!(error instanceof BagError)) throw error;
    throw new BagError('bad-request', path, `is there and is no intact pack; delete it or name another file`);
  }
}

async function describeAll(sources: readonly Source[], signal?: AbortSignal): Promise<Described[]> {
  const described: Described[] = [];
  for (const source of sources) {
    signal?.throwIfAborted();
    const bag = await openBag(source.path);
    bag.close();
    const { rows, width, dtype, attributes, encoder, coords } = bag;
    described.push({
      ...source,
      rows,
      width,
      dtype,
      attributes,
      ...(encoder !== undefined && { encoder }),
      ...(coords && { coords }),
    });
  }
  return described;
}

async function writePack(
  slides: readonly Described[],
  path: string,
  dtype: FloatType,
  { signal, progress }: PackOptions,
): Promise<void> {
  const rows = slides.reduce((sum, slide) => sum + slide.rows, 0);
  const { width } = slides[0]!;
  const withCoords = slides.every(({ coords }) => coords);
  const plan: Record<string, TensorPlan> = {
    features: { dtype: SAFETENSORS_DTYPES[dtype], shape: [rows, width] },
    ...(withCoords && { coords: { dtype: 'F64', shape: [rows, 2] } }),
  };
  const digests = slides.map(() => NO_DIGEST);
  const file = await createSafetensors(path, plan, metadataOf(slides, digests), PAGE);
  try {
    const coords: Uint8Array[] = [];
    for (const [i, source] of slides.entries()) {
      progress?.(i, slides.length, source.slide);
      const bag = await openBag(source.path);
      try {
        if (bag.rows !== source.rows || bag.width !== width) {
          throw new BagError('damaged', source.path, 'changed while it was packed; pack again');
        }
        await copyRows(bag, dtype, (bytes) => file.write(bytes), signal);
        if (withCoords) coords.push(new Uint8Array(bag.coords!().buffer));
      } finally {
        bag.close();
      }
      // Right after its numbers: most of the file is still in memory.
      digests[i] = await digest(source.path, signal);
    }
    for (const bytes of coords) await file.write(bytes);
    await file.finish(metadataOf(slides, digests));
  } catch (error) {
    await file.abort();
    throw error;
  }
}

function metadataOf(slides: readonly Described[], digests: readonly string[]): Record<string, string> {
  const index = slides.map(({ slide, rows, bytes, modified }, i) => ({
    slide,
    rows,
    bytes,
    modified,
    sha256: digests[i]!,
  }));
  const key = createHash('sha256');
  for (const { slide, sha256 } of index) key.update(`${JSON.stringify(slide)} ${sha256}\n`);
  const encoder = slides.find((slide) => slide.encoder !== undefined)?.encoder;
  const shared = Object.entries(sharedAttributes(slides)).map(([name, value]) => [name, String(value)]);
  return {
    ...(Object.fromEntries(shared) as Record<string, string>),
    form: PACK_FORM,
    key: key.digest('hex'),
    ...(encoder !== undefined && { encoder }),
    index: JSON.stringify({ slides: index }),
  };
}

async function digest(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 20, ...(signal && { signal }) })) {
    hash.update(bytes as Uint8Array);
  }
  return hash.digest('hex');
}
