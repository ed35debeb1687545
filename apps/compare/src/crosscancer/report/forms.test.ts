import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseTable } from '@concord/data';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStudy, type Study } from '../studyFolder.js';
import { writeMadeStudy } from '../studyFolder.testing.js';
import { judgeStudy } from '../studyStatistics.js';
import { studyCsv } from './csv.js';
import { studyLatex } from './latex.js';
import { studyMarkdown } from './markdown.js';
import { computed, type StudyReport } from './studyReport.js';
import { studyText } from './text.js';

const schema = JSON.parse(
  readFileSync(new URL('../../../schema/crosscancer-1.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

/** What the schema says about a report, once it is written and read. */
function complaints(report: unknown): string[] {
  return validate(JSON.parse(JSON.stringify(report)))
    ? []
    : validate.errors!.map((error) => `${error.instancePath} ${error.message}`);
}

let folder = '';
let study: Study;
let report: StudyReport;
/** A study in which one target is all censored. */
let censored: StudyReport;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-study-forms-'));
  writeMadeStudy(folder);
  study = readStudy(folder);
  report = judgeStudy(study, { resamples: 120 });
  const other = join(folder, 'censored');
  writeMadeStudy(other, { censored: ['hnsc'], cases: 40 });
  censored = judgeStudy(readStudy(other), { resamples: 100 });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the JSON', () => {
  it('is what the schema describes', () => {
    expect(complaints(report)).toEqual([]);
    expect(complaints(censored)).toEqual([]);
  });

  it.each([
    ['another version', { schema: 'concord.crosscancer/2' }, '/schema must be equal to constant'],
    ['a missing part', { ranking: undefined }, " must have required property 'ranking'"],
    ['a part nobody knows', { mood: 'good' }, ' must NOT have additional properties'],
  ])('is refused by the schema with %s', (_name, change, complaint) => {
    expect(complaints({ ...report, ...change })).toContain(complaint);
  });

  it('prints its resolution beside every result', () => {
    for (const { cindex } of report.results) expect(computed(cindex) && cindex.resolution).toBeGreaterThan(0);
    for (const { found } of report.differences) {
      expect(computed(found) && found.verdict).toMatch(/^(below|above) noise: .* can be told from none$/);
    }
  });
});

describe('a target without events', () => {
  it('has no C-index and says why; the other pairs have one', () => {
    const rows = censored.results.filter(({ method }) => method === 'mcat');
    for (const { target, cindex } of rows) {
      expect(computed(cindex)).toBe(target !== 'hnsc');
      if (!computed(cindex)) expect(cindex.reason).toMatch(/all \d+ cases are censored/);
    }
    expect(computed(censored.ranking) && censored.ranking.pairs).toBe(4);
    expect(censored.means[0]!.crossDomain).toEqual({ reason: '2 of 6 pairs have no C-index' });
    expect(studyText(censored)).toContain('–');
  });
});

describe('runs of both stacks', () => {
  const ran = (apart: number) => {
    const made = join(folder, `both-${apart}`);
    const methods = [{ backbone: 'mcat', module: 'plain', skill: 0.5, apart }];
    writeMadeStudy(made, { cases: 30, seeds: [1], folds: 2, methods });
    return judgeStudy(readStudy(made), { resamples: 100 });
  };

  it('are told run by run and in a sentence, by the farthest of them', () => {
    const both = ran(1.5);
    expect(complaints(both)).toEqual([]);
    expect(both.agreement).toHaveLength(6);
    const distance = { count: 160, error: 1.5e-6, yardstick: 1e-6, ratio: 1.5 };
    expect(both.agreement[0]).toEqual({
      ...{ method: 'mcat', source: 'blca', seed: 1, fold: 0, losses: distance, risks: distance },
      ...{ cohorts: 3, decided: 2, same: 2, agrees: true },
    });
    const words =
      'Both stacks trained 6 runs step by step: all agree; the farthest is 1.50 yardsticks away (4 are allowed), and ' +
      'the C-index is the same to three decimals in 12 of the 12 judged cohorts where runs of PyTorch agree on it (18 in all).';
    expect(studyMarkdown(both)).toContain(`## Both stacks, step by step\n\n${words}\n`);
    expect(studyText(both)).toContain(words);
  });

  it('are said to differ beyond four yardsticks', () => {
    const both = ran(4.5);
    expect(both.agreement.some(({ agrees }) => agrees)).toBe(false);
    expect(studyText(both)).toContain('step by step: 6 DIFFER; the farthest is 4.50 yardsticks away');
  });

  it('are no part of other studies', () => {
    expect(report.agreement).toEqual([]);
    expect(studyMarkdown(report)).not.toContain('Both stacks');
  });
});

describe('tables', () => {
  it('CSV: a line for each method, source and target, as they are in the report', () => {
    const table = parseTable(Buffer.from(studyCsv(report)), 'report.csv');
    expect(table.rows).toBe(4 * 3 * 3);
    expect(table.column('cindex').map(Number)).toEqual(
      report.results.map(({ cindex }) => (computed(cindex) ? cindex.value : NaN)),
    );
    const verdicts = table.column('verdict').filter((verdict) => verdict !== '');
    expect(verdicts.length).toBe(9);
    expect(new Set(table.column('method'))).toEqual(new Set(['mcat', 'mcat + dsu', 'abmil', 'ridge Cox']));
  });

  it('Markdown: the headline first, every table with as many cells as titles', () => {
    const lines = studyMarkdown(report).split('\n');
    expect(lines[0]).toBe('# Cross-cancer study');
    expect(lines[2]).toBe(report.headline);
    const rows = lines.filter((line) => line.startsWith('|'));
    expect(rows.length).toBeGreaterThan(30);
    let width = 0;
    lines.forEach((line, i) => {
      if (!line.startsWith('|')) return;
      const cells = line.split(/(?<!\\)\|/).length;
      if (!lines[i - 1]?.startsWith('|')) width = cells;
      expect(cells).toBe(width);
    });
  });

  it('LaTeX: escapes names, and has as many columns as its rows', () => {
    const text = studyLatex({
      ...report,
      means: [{ ...report.means[0]!, method: 'a_b & 50 % {c} \\d ^~#$' }],
    });
    expect(text).toContain(
      'a\\_b \\& 50 \\% \\{c\\} \\textbackslash{}d \\textasciicircum{}\\textasciitilde{}\\#\\$',
    );
    for (const [, columns, body] of text.matchAll(/begin\{tabular\}\{([lr]+)\}([\s\S]*?)\\end\{tabular\}/g)) {
      for (const row of body!.split('\n').filter((line) => line.endsWith('\\\\'))) {
        expect(row.split(/(?<!\\)&/).length).toBe(columns!.length);
      }
    }
  });

  const latex = (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((path) => existsSync(join(path, 'pdflatex')));
  it.skipIf(!latex)('LaTeX: pdflatex takes it (skipped where there is none)', () => {
    const page = `\\documentclass{article}\\usepackage{booktabs}\\begin{document}${studyLatex(report)}\\end{document}`;
    execFileSync('pdflatex', ['-halt-on-error', '-output-directory', folder], { input: page });
  });

  it('a terminal: the headline first, then a line for each method', () => {
    const lines = studyText(report).split('\n');
    expect(lines[0]).toBe(report.headline);
    for (const { method } of report.methods) expect(lines.some((line) => line.startsWith(method))).toBe(true);
  });
});
