import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aloneIn } from './aloneIn.js';
import { folderHolder, lockFolder } from './folderLock.js';

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'concord-alone-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

describe('aloneIn', () => {
  it('holds the folder for as long as the work takes, also where that fails', async () => {
    const holder = await aloneIn(home, { doing: 'a test', patience: 0 }, async (waited) => {
      expect(waited).toBe(false);
      return folderHolder(home)?.doing;
    });
    expect(holder).toBe('a test');
    const failing = aloneIn(home, { doing: 'a test', patience: 0 }, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(readdirSync(home)).toEqual([]);
  });

  it('waits for who works there, and says so', async () => {
    const other = lockFolder(home, 'another');
    setTimeout(() => other.release(), 300);
    const waited = await aloneIn(home, { doing: 'a test', patience: 10_000 }, async (it) => it);
    expect(waited).toBe(true);
  });

  it('gives up after its patience, without having begun', async () => {
    const other = lockFolder(home, 'another');
    let begun = false;
    const waiting = aloneIn(home, { doing: 'a test', patience: 200 }, async () => void (begun = true));
    await expect(waiting).rejects.toThrow('another works in it');
    expect(begun).toBe(false);
    other.release();
  });
});
