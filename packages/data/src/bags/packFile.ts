import type { BagFile } from './bagFile.js';
import { asBag } from './bagFile.js';
import { BagError } from './bagError.js';
import { decodeCoords } from './coords.js';
import { openBytes, readPiece } from './fileBytes.js';
import { FLOAT_BYTES, type FloatType } from './floatType.js';
import { loadPackedRows } from './packRows.js';
import type { RowSelection } from './rows.js';
import { forEachRun } from './rows.js';
import { openTensors } from './safetensorsBag.js';
import { SAFETENSORS_DTYPES } from './writeBag.js';

/** Version of the form of a pack, in its metadata. */
export const PACK_FORM = 'concord-pack/1';

/** Where a slide of a pack came from. */
export interface PackedSlide {
  readonly slide: string;
  /** Its first row in the pack, and how many. */
  readonly start: number;
  readonly rows: number;
  /** Bytes, time of change in ms and SHA-256 of the file that was packed. */
  readonly bytes: number;
  readonly modified: number;
  readonly sha256: string;
}

/** A cohort's features in one file, open. */
export interface PackFile {
  readonly path: string;
  /** SHA-256 over its sources' digests and names: two packs with one key hold the same numbers. */
  readonly key: string;
  readonly width: number;
  readonly dtype: FloatType;
  readonly encoder?: string;
  readonly slides: readonly PackedSlide[];
  /** One slide; it needs no closing of its own. @throws BagError naming the slide if it is not there. */
  bag(slide: string): BagFile;
  /**
   * [n, width] float32 of slides that follow each other as one bag, read beside other work, see `loadPackedRows`.
   *
   * @throws BagError naming the slide if it is not there, or a row that does not exist.
   */
  load(slides: readonly string[], rows?: Uint32Array, into?: Float32Array): Promise<Float32Array>;
  close(): void;
}

/** A pack's names of slides take 200 bytes each; 16 MiB of header hold 80,000. */
interface PackIndex {
  readonly slides: readonly Omit<PackedSlide, 'start'>[];
}

/**
 * Open a packed cohort. The file is a safetensors file, which anybody can read: `features` [rows, width] of all
 * slides, one after the other, `coords` [rows, 2] if all of them had some, and the index as metadata.
 *
 * Numbers are read by position into the buffer that is given, so that any number of slides takes the memory of
 * one.
 *
 * @throws BagError if it is no pack, is truncated, or its index does not fit its tensors.
 */
export function openPack(path: string): PackFile {
  const file = openTensors(path);
  try {
    const { form, key, encoder, index } = file.metadata;
    if (form !== PACK_FORM || key === undefined || index === undefined || !file.has('features')) {
      throw new BagError('unknown-format', path, `is no ${PACK_FORM} file; make one with concord data pack`);
    }
    const { dtype: stored, shape } = file.info('features');
    const dtype = (Object.keys(SAFETENSORS_DTYPES) as FloatType[]).find(
      (name) => SAFETENSORS_DTYPES[name] === stored,
    );
    const slides = placeSlides(path, index);
    const last = slides.at(-1);
    const rows = last ? last.start + last.rows : 0;
    const [total, width] = shape;
    if (!dtype || shape.length !== 2 || rows !== total || width === undefined) {
      throw new BagError('damaged', path, `its index has ${rows} rows, its features ${shape.join(' × ')}`);
    }
    const bySlide = new Map(slides.map((slide) => [slide.slide, slide]));
    const rowBytes = width * FLOAT_BYTES[dtype];
    const find = (slide: string): PackedSlide => {
      const found = bySlide.get(slide);
      if (!found) throw new BagError('bad-request', path, `has no slide ${slide}; it has ${slides.length}`);
      return found;
    };
    const bytes = openBytes(path);
    const headerBytes = Number(new DataView(readPiece(bytes, 0, 8).buffer).getBigUint64(0, true));
    const packed = { file: bytes, start: 8 + headerBytes + file.info('features').begin, width, dtype };
    return {
      path,
      key,
      width,
      dtype,
      ...(encoder !== undefined && { encoder }),
      slides,
      bag(slide) {
        const found = find(slide);
        const readRaw = (selection: RowSelection, into: Uint8Array) =>
          forEachRun(selection, (first, count, at) =>
            file.readInto(
              'features',
              into.subarray(at * rowBytes, (at + count) * rowBytes),
              (found.start + first) * rowBytes,
            ),
          );
        const coords = () => {
          const raw = new Uint8Array(found.rows * 16);
          file.readInto('coords', raw, found.start * 16);
          return decodeCoords('float64', raw);
        };
        return asBag({
          path: `${path}, ${slide}`,
          format: 'packed',
          source: { dtype, rows: found.rows, width, readRaw },
          attributes: encoder === undefined ? {} : { encoder },
          coords: file.has('coords') ? coords : undefined,
          finite: true,
          close: () => {},
        });
      },
      load: async (names, rows, into) => loadPackedRows(packed, names.map(find), rows, into),
      close() {
        bytes.close();
        file.close();
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function placeSlides(path: string, index: string): PackedSlide[] {
  let start = 0;
  try {
    return (JSON.parse(index) as PackIndex).slides.map((slide) => {
      const { rows } = slide;
      if (!Number.isSafeInteger(rows) || rows < 0 || typeof slide.slide !== 'string') throw new TypeError();
      start += rows;
      return { ...slide, start: start - rows };
    });
  } catch {
    throw new BagError('damaged', path, 'its index of slides cannot be read; pack the cohort again');
  }
}
