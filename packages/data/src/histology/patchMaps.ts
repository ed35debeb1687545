import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { decode } from 'fast-png';
import { DataError } from '../dataError.js';
import type { BagSource, CaseBag } from './bagSource.js';

/** Which channel of a map holds what; channels count from 0 (red). */
export interface PatchMapLayout {
  readonly lymphocytes: number;
  readonly tumour: number;
  /** A channel that is above 0 on tissue; absent: tissue is where either of the two is above 0. */
  readonly tissue?: number;
}

/** Maps of BRCA (R lymphocytes, G cancer, B tissue) and of BLCA (R lymphocytes, B tumour). */
export const PATCH_MAPS = {
  brca: { lymphocytes: 0, tumour: 1, tissue: 2 },
  blca: { lymphocytes: 0, tumour: 2 },
} as const satisfies Record<string, PatchMapLayout>;

/** Patches on each side of the middle one that a token sees. */
const REACH = 1;
const SIDE = 2 * REACH + 1;
const WIDTH = 2 * SIDE * SIDE + 2;
/** A map larger than this is no map of a slide: the largest slides are about 2,000 patches wide. */
const LARGEST_PIXELS = 2 ** 26;
/** Chunk of packed pixels. */
const IDAT = 0x49444154;

/**
 * Patch-level maps of diagnostic slides (one pixel a patch) as bags: one token for every patch with tissue,
 * made of the 3 × 3 windows of lymphocyte and of tumour probability around it, from 0 to 1 and 0 beyond the
 * border, and its position from 0 to 1 in both directions. Slides of a case follow each other.
 *
 * @param folder of `<slide barcode>.png` files.
 * @throws DataError for a file that is no such PNG, a name without a case barcode, or a folder without maps.
 *   A slide without tissue is left out and noted.
 * @source mathbiol/tcgatil@17bcc8c (Saltz et al. 2018, Le et al. 2020); hwanglab/tcga_tmb_prediction@bc62f06.
 */
export function readPatchMaps(folder: string, layout: PatchMapLayout): BagSource {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.png'))
    .sort();
  if (names.length === 0) throw new DataError(folder, 'no PNG files in it; expected one map a slide');
  const byCase = new Map<string, { slideIds: string[]; rows: number; paths: string[]; sha256: string[] }>();
  const notes: string[] = [];
  const digests: Record<string, string> = {};
  for (const name of names) {
    const path = join(folder, name);
    const caseId = /^(TCGA-[0-9A-Z]{2}-[0-9A-Z]{4})-/i.exec(name)?.[1]?.toUpperCase();
    if (!caseId) throw new DataError(path, 'its name does not begin with a case barcode');
    const bytes = readFileSync(path);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    digests[path] = sha256;
    const rows = tissueOf(openMap(bytes, path, layout), layout).length;
    if (rows === 0) {
      notes.push(`${name}: no tissue on it; left out`);
      continue;
    }
    const known = byCase.get(caseId) ?? { slideIds: [], rows: 0, paths: [], sha256: [] };
    known.slideIds.push(name.slice(0, -'.png'.length));
    known.paths.push(path);
    known.sha256.push(sha256);
    known.rows += rows;
    byCase.set(caseId, known);
  }
  const cases = new Map<string, CaseBag>();
  for (const [caseId, { slideIds, rows, paths, sha256 }] of byCase) {
    cases.set(caseId, {
      rows,
      slideIds,
      digest: sha256.sort().join(' '),
      read: () => {
        const bag = new Float32Array(rows * WIDTH);
        let at = 0;
        for (const path of paths)
          at += tokens(openMap(readFileSync(path), path, layout), layout, bag.subarray(at));
        return bag;
      },
    });
  }
  return { path: folder, digests, width: WIDTH, channels: channelNames(), cases, notes };
}

interface PatchMap {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

function openMap(bytes: Uint8Array, path: string, layout: PatchMapLayout): PatchMap {
  const [width, height] = claimedSize(bytes, path);
  if (width === 0 || height === 0) throw new DataError(path, `claims ${width} × ${height} pixels`);
  if (width * height > LARGEST_PIXELS) {
    throw new DataError(path, `claims ${width} × ${height} pixels; no map of a slide is so large`);
  }
  requireWhole(bytes, width, height, path);
  let image;
  try {
    image = decode(bytes, { checkCrc: true });
  } catch (error) {
    throw new DataError(path, `cannot be read as PNG (${(error as Error).message})`);
  }
  const { channels, depth, data } = image;
  if (depth !== 8 || channels <= Math.max(layout.lymphocytes, layout.tumour, layout.tissue ?? 0)) {
    throw new DataError(path, `has ${channels} channels of ${depth} bits; expected colours of 8 bits`);
  }
  return { width, height, channels, data: data as Uint8Array };
}

/** Width and height as the header claims them, before anything is unpacked. */
function claimedSize(bytes: Uint8Array, path: string): [width: number, height: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(0) !== 0x89504e47 || view.getUint32(12) !== 0x49484452) {
    throw new DataError(path, 'is no PNG file');
  }
  return [view.getUint32(16), view.getUint32(20)];
}

/** Numbers of a pixel by the header's colour type: grey, RGB, palette, grey and alpha, RGBA. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * The pixels are there, all of them and no more: the decoder makes zeros of what is missing, and unpacks without end
 * what a bomb holds behind the last row.
 *
 * @source PNG specification, third edition, 11.2 and 13.
 */
function requireWhole(bytes: Uint8Array, width: number, height: number, path: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [depth, colour, interlaced] = [bytes[24]!, bytes[25]!, bytes[28]!];
  const channels = CHANNELS[colour];
  if (depth !== 8 || channels === undefined || interlaced !== 0) {
    throw new DataError(
      path,
      `is a PNG of ${depth} bits, colour type ${colour}; expected plain rows of 8 bits`,
    );
  }
  const packed: Uint8Array[] = [];
  for (let at = 8; at + 8 <= bytes.length;) {
    const length = view.getUint32(at);
    if (view.getUint32(at + 4) === IDAT) packed.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const expected = height * (1 + width * channels);
  let size: number;
  try {
    size = inflateSync(Buffer.concat(packed), { maxOutputLength: expected + 1 }).length;
  } catch (error) {
    throw new DataError(path, `its pixels cannot be unpacked (${(error as Error).message})`);
  }
  if (size !== expected) throw new DataError(path, `has ${size} bytes of pixels, expected ${expected}`);
}

/** Pixels with tissue, row by row. */
function tissueOf({ width, height, channels, data }: PatchMap, layout: PatchMapLayout): number[] {
  const found: number[] = [];
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * channels;
    const tissue =
      layout.tissue === undefined
        ? data[at + layout.lymphocytes]! > 0 || data[at + layout.tumour]! > 0
        : data[at + layout.tissue]! > 0;
    if (tissue) found.push(pixel);
  }
  return found;
}

/** Write the tokens of one map; how many numbers that were. */
function tokens(map: PatchMap, layout: PatchMapLayout, out: Float32Array): number {
  const { width, height, channels, data } = map;
  let at = 0;
  for (const pixel of tissueOf(map, layout)) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    for (const channel of [layout.lymphocytes, layout.tumour]) {
      for (let dy = -REACH; dy <= REACH; dy++) {
        for (let dx = -REACH; dx <= REACH; dx++) {
          const inside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
          out[at++] = inside ? data[(pixel + dy * width + dx) * channels + channel]! / 255 : 0;
        }
      }
    }
    out[at++] = width > 1 ? x / (width - 1) : 0;
    out[at++] = height > 1 ? y / (height - 1) : 0;
  }
  return at;
}

function channelNames(): string[] {
  const window = (what: string) =>
    Array.from({ length: SIDE * SIDE }, (_, i) => {
      const [dx, dy] = [(i % SIDE) - REACH, Math.floor(i / SIDE) - REACH];
      return `${what} at ${dx}, ${dy}`;
    });
  return [...window('lymphocytes'), ...window('tumour'), 'x', 'y'];
}
