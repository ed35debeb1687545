import { Ajv, type ValidateFunction } from 'ajv';
import type { CellAgreement } from '../../train/cellAgreement.js';

/** A cohort of a study, as far as a report needs it. */
export interface StudyCohort {
  readonly name: string;
  readonly cases: number;
  readonly events: number;
  readonly genes?: unknown;
  readonly histology?: unknown;
  readonly synthetic: boolean;
  readonly digests: Readonly<Record<string, string>>;
}

/** study.json: what was asked for. */
export interface StudyFile {
  readonly schema: 'concord.study/1';
  /** The command line that makes the study again. */
  readonly command: string;
  readonly cohorts: readonly StudyCohort[];
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly backbones: readonly string[];
  readonly modules: readonly string[];
  readonly seeds: readonly number[];
  readonly folds: number;
  /** Folds that are held out in turn; absent: all. */
  readonly heldOut?: readonly number[];
  readonly epochs: number;
  /** What has to be known of the data. */
  readonly notes?: readonly string[];
  readonly protocol?: unknown;
  readonly environment?: unknown;
  /** C that the planted signal of a synthetic cohort allows. */
  readonly planted?: readonly { readonly cohort: string; readonly cindex: number }[];
}

/** Which program trained a cell. */
export type Stack = 'ts' | 'torch' | 'sksurv';
/** In-domain: the held-out fold of a source's cohort; cross-domain: all cases of another cohort. */
export type Role = 'in-domain' | 'cross-domain';

/** result.json of a cell. */
export interface ResultFile {
  readonly schema: 'concord.cell/1';
  readonly hash: string;
  readonly stack: Stack;
  readonly backbone: string;
  readonly module: string;
  /** A cohort, or several joined by `+` that trained together. */
  readonly source: string;
  readonly seed: number;
  readonly fold: number;
  readonly epochs: number | null;
  readonly steps: number | null;
  readonly seconds: number;
  readonly parameters: number | null;
  readonly finalLoss: number | null;
  readonly targets: readonly {
    readonly cohort: string;
    readonly role: Role;
    readonly cases: number;
    readonly events: number;
    readonly cindex: number | null;
  }[];
  /** Where both stacks trained at once. */
  readonly agreement?: CellAgreement;
}

/** The cohorts of a source. */
export function cohortsOf(source: string): string[] {
  return source.split('+');
}

const names = { type: 'array', items: { type: 'string', minLength: 1 } };
const count = { type: 'integer', minimum: 0 };
const countOrNull = { type: ['integer', 'null'], minimum: 0 };
const object = (properties: object, required: readonly string[]) => ({
  type: 'object',
  properties,
  required,
});

const STUDY = object(
  {
    schema: { const: 'concord.study/1' },
    command: { type: 'string' },
    cohorts: {
      type: 'array',
      minItems: 1,
      items: object(
        {
          name: { type: 'string' },
          cases: count,
          events: count,
          synthetic: { type: 'boolean' },
          digests: { type: 'object', additionalProperties: { type: 'string' } },
        },
        ['name', 'cases', 'events', 'synthetic', 'digests'],
      ),
    },
    sources: names,
    targets: names,
    backbones: names,
    modules: names,
    seeds: { type: 'array', items: { type: 'integer' } },
    folds: { type: 'integer', minimum: 1 },
    heldOut: { type: 'array', items: count },
    epochs: count,
    notes: { type: 'array', items: { type: 'string' } },
    planted: {
      type: 'array',
      items: object({ cohort: { type: 'string' }, cindex: { type: 'number', minimum: 0, maximum: 1 } }, [
        'cohort',
        'cindex',
      ]),
    },
  },
  [
    ...['schema', 'command', 'cohorts', 'sources', 'targets'],
    ...['backbones', 'modules', 'seeds', 'folds', 'epochs'],
  ],
);

const number = { type: 'number' };
const AGREEMENT = object(
  {
    trajectory: {
      type: 'array',
      minItems: 2,
      items: object(
        { quantity: { enum: ['losses', 'risks'] }, count, error: number, yardstick: number, ratio: number },
        ['quantity', 'count', 'error', 'yardstick', 'ratio'],
      ),
    },
    cindex: {
      type: 'array',
      items: object({ decided: { type: 'boolean' }, same: { type: 'boolean' } }, ['decided', 'same']),
    },
  },
  ['trajectory', 'cindex'],
);

const RESULT = object(
  {
    schema: { const: 'concord.cell/1' },
    hash: { type: 'string' },
    stack: { enum: ['ts', 'torch', 'sksurv'] },
    ...Object.fromEntries(['backbone', 'module', 'source'].map((name) => [name, { type: 'string' }])),
    seed: { type: 'integer' },
    fold: count,
    epochs: countOrNull,
    steps: countOrNull,
    seconds: { type: 'number' },
    parameters: countOrNull,
    finalLoss: { type: ['number', 'null'] },
    targets: {
      type: 'array',
      minItems: 1,
      items: object(
        {
          cohort: { type: 'string' },
          role: { enum: ['in-domain', 'cross-domain'] },
          cases: count,
          events: count,
          cindex: { type: ['number', 'null'] },
        },
        ['cohort', 'role', 'cases', 'events', 'cindex'],
      ),
    },
    agreement: AGREEMENT,
  },
  [
    ...['schema', 'hash', 'stack', 'backbone', 'module', 'source', 'seed', 'fold', 'epochs', 'steps'],
    ...['seconds', 'parameters', 'finalLoss', 'targets'],
  ],
);

const ajv = new Ajv({ allErrors: false, allowUnionTypes: true });
const validateStudy = ajv.compile<StudyFile>(STUDY);
const validateResult = ajv.compile<ResultFile>(RESULT);

/** @throws Error naming the part of study.json that is wrong. */
export function requireStudyFile(content: unknown): StudyFile {
  return require(content, validateStudy);
}

/** @throws Error naming the part of result.json that is wrong. */
export function requireResultFile(content: unknown): ResultFile {
  return require(content, validateResult);
}

function require<T>(content: unknown, validate: ValidateFunction<T>): T {
  if (validate(content)) return content;
  const [fault] = validate.errors!;
  const wanted: unknown = fault?.params['allowedValues'] ?? fault?.params['allowedValue'];
  const detail = wanted === undefined ? '' : ` ${JSON.stringify(wanted)}`;
  throw new Error(`${fault?.instancePath || 'the file'} ${fault?.message}${detail}`);
}
