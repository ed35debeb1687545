import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sentData } from './sentData.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'sent-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function put(name: string, text: string): void {
  mkdirSync(dirname(join(cwd, name)), { recursive: true });
  writeFileSync(join(cwd, name), text);
}

describe('data that go to other machines', () => {
  it('are every file of each cohort once, under a name that keeps their places to each other', async () => {
    const cohort = (name: string) =>
      [
        `name: ${name}`,
        `outcomes: { layout: gdc, file: ../tables/${name}.json, endpoint: os }`,
        'genes: { layout: xena, file: ../tables/rna.tsv, pathways: sets.gmt }',
        'histology: { layout: patch-maps, file: ../maps, channels: blca }',
        'attributes: [../tables/stage.csv]',
      ].join('\n');
    for (const name of ['kirc', 'kich']) {
      put(`study/cohorts/${name}.yaml`, cohort(name));
      put(`study/tables/${name}.json`, name);
    }
    for (const name of [
      'tables/rna.tsv',
      'tables/stage.csv',
      'cohorts/sets.gmt',
      'maps/a.png',
      'maps/b/c.png',
    ]) {
      put(`study/${name}`, name);
    }
    put('study/maps-of-others/x.png', 'not read');
    const { files, cohorts } = await sentData({
      cohorts: ['study/cohorts/kirc.yaml', 'stad', 'study/cohorts/kich.yaml'],
      cwd,
    });
    expect(cohorts).toEqual(['cohorts/kirc.yaml', 'stad', 'cohorts/kich.yaml']);
    expect(files.map(({ name }) => name)).toEqual([
      'cohorts/kich.yaml',
      'cohorts/kirc.yaml',
      'cohorts/sets.gmt',
      'maps/a.png',
      'maps/b/c.png',
      'tables/kich.json',
      'tables/kirc.json',
      'tables/rna.tsv',
      'tables/stage.csv',
    ]);
    for (const { path, name, sha256, size } of files) {
      expect(path).toBe(join(cwd, 'study', name));
      const bytes = readFileSync(path);
      expect([sha256, size]).toEqual([createHash('sha256').update(bytes).digest('hex'), bytes.length]);
    }
  });

  it('are none where all cohorts are embedded', async () => {
    expect(await sentData({ cohorts: ['stad', 'blca'], cwd })).toEqual({
      files: [],
      cohorts: ['stad', 'blca'],
    });
  });

  it('that are not there are named with the cohort file', async () => {
    put(
      'kirc.yaml',
      'name: kirc\noutcomes: { layout: gdc, file: no.json, endpoint: os }\n' +
        'genes: { layout: xena, file: kirc.yaml }\nhistology: { layout: synthetic }\n',
    );
    await expect(sentData({ cohorts: ['kirc.yaml'], cwd })).rejects.toThrow(
      /kirc\.yaml: names .*no\.json, which is not there/,
    );
  });
});
