import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npmStep } from './npm-step.mjs';
import { digest, readStamp, writeStamp } from './stamp.mjs';
import { temporaryFolder } from './temporary-folder.js';

describe('a stamp', () => {
  it('is read as it was written, and leaves nothing else behind', () => {
    const folder = temporaryFolder();
    writeStamp(join(folder, 'deep', 'stamp.json'), { key: 'a' });
    expect(readStamp(join(folder, 'deep', 'stamp.json'))).toEqual({ key: 'a' });
    expect(readdirSync(join(folder, 'deep'))).toEqual(['stamp.json']);
  });

  it('counts as absent when it is not there or cut off', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'cut.json'), '{"key": "a');
    expect(readStamp(join(folder, 'cut.json'))).toBeUndefined();
    expect(readStamp(join(folder, 'absent.json'))).toBeUndefined();
  });

  it('has another digest when text moves from one part to the next', () => {
    expect(digest(['ab', 'c'])).not.toBe(digest(['a', 'bc']));
    expect(digest(['ab', 'c'])).toBe(digest(['ab', 'c']));
  });

  it('makes a step due again when its input changes, and when its output is deleted', () => {
    const home = temporaryFolder();
    const lock = join(home, 'package-lock.json');
    const step = npmStep({ home, env: {} });
    writeFileSync(lock, '{}');
    expect(step.isDue()).toBe(true);

    const key = digest(['{}', process.versions.modules, process.platform, process.arch]);
    writeStamp(join(home, 'node_modules', '.concord-packages.json'), { key });
    expect(step.isDue()).toBe(false);

    writeFileSync(lock, '{ "changed": true }');
    expect(step.isDue()).toBe(true);

    const empty = temporaryFolder();
    writeFileSync(join(empty, 'package-lock.json'), '{}');
    mkdirSync(join(empty, 'node_modules'));
    expect(npmStep({ home: empty, env: {} }).isDue()).toBe(true);
  });
});
