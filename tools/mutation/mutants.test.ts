import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.mjs';
import { TRAINING_MUTANTS } from './trainingMutants.mjs';

const root = resolve(import.meta.dirname, '../..');

describe('mutants', () => {
  it.each([...MUTANTS, ...TRAINING_MUTANTS])('$file: $find', ({ file, find, replace }) => {
    expect(readFileSync(resolve(root, file), 'utf8').split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  });
});
