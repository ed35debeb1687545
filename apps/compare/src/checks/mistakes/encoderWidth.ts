import { openBag, readStateDict } from '@concord/data';
import { openSafetensors } from '@concord/safetensors';
import { relative } from 'node:path';
import { plainKey } from '../../judgedRun/facts.js';
import type { JudgedRun, Known } from '../../judgedRun/index.js';
import { cannot, found, notFound, table, type RunCheck } from '../check.js';

/**
 * Widths of the features of published encoders; two where both are in use.
 *
 * @source mahmoodlab/TRIDENT@0120b8b, README; beyond it, Virchow's class token alone is 1,280 and ResNet-50 to its end 2,048.
 */
const ENCODERS: readonly (readonly [name: RegExp, widths: readonly number[]])[] = [
  [/^uni(v1)?$|^uni1/, [1024]],
  [/^uni(v)?2/, [1536]],
  [/^conchv?15/, [768]],
  [/^conch(v1)?$/, [512]],
  [/^virchow(v?2)?(cls)?$/, [2560, 1280]],
  [/^phikonv?2/, [1024]],
  [/^phikon(v1)?$/, [768]],
  [/^(prov)?gigapath$/, [1536]],
  [/^hoptimus/, [1536]],
  [/^h0mini$/, [768, 1536]],
  [/^musk$/, [1024]],
  [/^midnight12k$/, [3072]],
  [/^(ctranspath|ctp|keep)$/, [768]],
  [/^gpfm$/, [1024]],
  [/^resnet50/, [1024, 2048]],
];
/** Bags that are opened: all slides of a folder come from one encoder, or the first few show it. */
const OPENED = 8;
/** The layer that reads patches, as the field names it. */
const PATCH_LAYER =
  /(^|\.)(wsi|path|patch|histology|image|img)(?!way)\w*?(net|proj\w*|fc|embed\w*)(\.0)?\.weight$/;

/** Features of another encoder than the one that is named, or a model for another width. */
export const encoderWidth: RunCheck = {
  id: 'encoder-width',
  mistake: 'The patch features have another width than the encoder that is named.',
  effect: 'The result is of other features than reported: a C-index of another encoder cannot be compared.',
  remedy:
    'Name the encoder that made the files that were read, or extract the features again with the one that is named.',
  async judge(run) {
    const widths = await widthsOf(run);
    const [encoder] = run.facts.encoder;
    const expected = encoder && ENCODERS.find(([name]) => name.test(plainKey(encoder.value)))?.[1];
    const values = [...new Set(widths.map(({ value }) => value))];
    const evidence = table(
      'Widths',
      ['width', 'where'],
      [
        ...(expected ? [[expected.join(' or '), `${encoder.value}, ${encoder.from}`]] : []),
        ...widths.map(({ value, from }) => [value, from]),
      ],
    );
    if (values.length > 1) return found(`features are ${values.join(' and ')} wide`, evidence);
    if (values.length === 0 || (expected === undefined && widths.length < 2)) {
      const known =
        values.length === 0
          ? 'no width of features is known'
          : 'one width is known, and nothing to hold it against';
      return cannot(
        known,
        'name encoder and embed_dim in config.json, or put slides.csv there, with feature_dim',
      );
    }
    if (expected && !expected.includes(values[0]!)) {
      return found(
        `${encoder.value} makes ${expected.join(' or ')} features, those here are ${values[0]} wide`,
        evidence,
      );
    }
    return notFound(
      `all features are ${values[0]} wide${expected ? `, as ${encoder.value} makes them` : ''}`,
      evidence,
    );
  },
};

async function widthsOf(run: JudgedRun): Promise<Known<number>[]> {
  const ofTables = run.tables.flatMap(({ rows }) => {
    const seen = new Map(
      rows.flatMap(({ width, from }) => (width === undefined ? [] : [[width, from] as const])).reverse(),
    );
    return [...seen].map(([value, from]) => ({ value, from }));
  });
  return [...run.facts.patchWidth, ...ofTables, ...(await ofBags(run)), ...(await ofWeights(run))];
}

async function ofBags({ bags, folder }: JudgedRun): Promise<Known<number>[]> {
  const found: Known<number>[] = [];
  for (const path of bags.slice(0, OPENED)) {
    try {
      const bag = await openBag(path);
      found.push({ value: bag.width, from: relative(folder, path) });
      bag.close();
    } catch {
      // A bag that cannot be opened has no width; skipped bags are another check.
    }
  }
  return found;
}

async function ofWeights({ checkpoints, folder }: JudgedRun): Promise<Known<number>[]> {
  const found: Known<number>[] = [];
  for (const path of checkpoints) {
    for (const [name, shape] of await shapesOf(path)) {
      if (shape.length === 2 && PATCH_LAYER.test(name)) {
        found.push({ value: shape[1]!, from: `${relative(folder, path)}: ${name}` });
      }
    }
  }
  return found;
}

/** Empty where the file cannot be read: that is another check's. */
async function shapesOf(path: string): Promise<(readonly [name: string, shape: readonly number[]])[]> {
  try {
    if (!path.endsWith('.safetensors')) {
      return [...(await readStateDict(path))].map(([name, { shape }]) => [name, shape] as const);
    }
    const file = openSafetensors(path);
    const shapes = file.names.map((name) => [name, file.info(name).shape] as const);
    file.close();
    return shapes;
  } catch {
    return [];
  }
}
