import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRunFolder } from './run-folder.js';
import { clearDrafts, requireWritable, writeAtomic } from './write-atomic.js';

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'concord-files-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('writeAtomic', () => {
  it('makes the folders, replaces the file and leaves nothing beside it', () => {
    const path = join(home, 'a', 'b', 'report.json');
    writeAtomic(path, 'one');
    writeAtomic(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    expect(readdirSync(join(home, 'a', 'b'))).toEqual(['report.json']);
  });

  it('leaves nothing half-written when it fails', () => {
    mkdirSync(join(home, 'report.json', 'inside'), { recursive: true });
    expect(() => writeAtomic(join(home, 'report.json'), 'text')).toThrow();
    expect(readdirSync(home)).toEqual(['report.json']);
  });
});

describe('clearDrafts', () => {
  it('removes what the dead were writing, and nothing else', async () => {
    const dead = spawn('true');
    await once(dead, 'exit');
    const others = [`.a.csv.${process.ppid}.part`, 'b.part', '.c.csv'];
    for (const name of [`.a.csv.${dead.pid}.part`, ...others]) writeFileSync(join(home, name), '');
    clearDrafts(home);
    expect(readdirSync(home).sort()).toEqual(others.sort());
    clearDrafts(join(home, 'none'));
  });
});

describe('requireWritable', () => {
  it('accepts a file whose folders are still to be made', () => {
    expect(() => requireWritable('--json', join(home, 'new', 'report.json'))).not.toThrow();
    expect(readdirSync(home)).toEqual([]);
  });

  it('refuses a folder, and a file in place of a folder, by name', () => {
    expect(() => requireWritable('--json', home)).toThrow(
      `--json ${home}: that is a folder; name a file in it`,
    );
    writeFileSync(join(home, 'file'), '');
    expect(() => requireWritable('--report', join(home, 'file', 'x.html'))).toThrow(
      /^--report .*file is not a folder$/,
    );
  });

  it.skipIf(process.getuid?.() === 0)('refuses a folder that may not be written to', () => {
    chmodSync(home, 0o500);
    expect(() => requireWritable('--json', join(home, 'x.json'))).toThrow(/may not be written to/);
  });
});

describe('makeRunFolder', () => {
  it('gives two runs of one second a folder each', () => {
    const time = new Date('2025-11-23T13:38:00.123Z');
    expect(makeRunFolder(join(home, 'parity'), time)).toBe(join(home, 'parity', '20251123-133800'));
    expect(makeRunFolder(join(home, 'parity'), time)).toBe(join(home, 'parity', '20251123-133800-2'));
  });
});
