import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addGridRunFlags, type GridRunFlags } from '../commands/gridFlags.js';
import { readGridFile } from './gridFile.js';

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'concord-grid-file-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

function flagsOf(text: string, ...words: readonly string[]): GridRunFlags {
  const path = join(home, 'grid.yaml');
  writeFileSync(path, text);
  const command = addGridRunFlags(new Command()).exitOverride().parse(words, { from: 'user' });
  readGridFile(path, command);
  return command.opts<GridRunFlags>();
}

describe('readGridFile', () => {
  it('reads what the command line would, lists and switches included', () => {
    const text =
      'backbone: [mlpomics, ridge-cox]\nseeds: [7, 8]\nfold: 1\nlr: 1.0e-3\nkeep: true\ngpus-per-run: 0.5\n';
    const words = [
      '--backbone',
      'mlpomics,ridge-cox',
      '--seeds',
      '7,8',
      '--fold',
      '1',
      '--lr',
      '0.001',
      '--keep',
    ];
    expect(flagsOf(text)).toEqual(flagsOf('{}', ...words, '--gpus-per-run', '0.5'));
  });

  it('lets the command line have the last word', () => {
    expect(flagsOf('epochs: 3\nseeds: 1\n', '--epochs', '5')).toMatchObject({ epochs: 5, seeds: [1] });
  });

  it.each([
    ['epoch: 3', /grid\.yaml: there is no option epoch\. Allowed: cohort, source, .*engine/],
    ['epochs: many', /grid\.yaml: epochs: many: Expected a whole number from 1 to 10000/],
    ['stack: jax', /grid\.yaml: stack: jax: Allowed choices are ts, torch, both/],
    ['keep: maybe', /grid\.yaml: keep: expected true or false, got "maybe"/],
    ['seeds: { a: 1 }', /grid\.yaml: seeds: expected a value or a list of them/],
    ['- a\n- b', /grid\.yaml: expected options by name/],
    ['a: [', /grid\.yaml: not YAML: /],
  ])('refuses %j by name', (text, said) => {
    expect(() => flagsOf(text)).toThrow(said);
  });
});
