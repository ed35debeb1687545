import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { fixtureReport } from './report.fixture.js';
import { notCompared, summarize } from './summary.js';
import { renderTerminal } from './terminal.js';

const plain = pc.createColors(false);
const files = { report: 'r/report.html', json: 'r/report.json' };

describe('renderTerminal', () => {
  it('ends with the word, what it rests on, and the files', () => {
    expect(renderTerminal(fixtureReport(), files, plain)).toMatch(
      /\n\nSAME {2}1,846 quantities of 13 subjects agree \(worst ratio \d\.\d\d, limit 4\); 1 subject not compared\n\nreport {2}r\/report\.html\njson {4}r\/report\.json\n$/,
    );
  });

  it('has one row for each subject, one column for each stage', () => {
    const lines = renderTerminal(fixtureReport(), files, plain).split('\n');
    expect(lines[0]!.trim().split(/ {2,}/)).toEqual([
      ...['worst ratio', 'evaluation', 'training', 'gradient', 'step 1', 'step 10', 'step 50', 'risk'],
    ]);
    expect(lines[1]).toMatch(/^ ?survpath × plain( +\d+\.\d\d){7} +same$/);
    expect(lines[14]).toMatch(/^ ?survpath × released( +–){7} +not compared$/);
    expect(lines[15]).toMatch(/^survpath × released: bags of different lengths/);
  });

  it('shows where the stacks part, with what comes before', () => {
    const text = renderTerminal(fixtureReport({ differs: true }), files, plain);
    expect(text).toContain('survpath × cade-fisher-rao · training · blca · 24 cases · seed 7 · float32');
    expect(text).toMatch(
      /patches\.linear +error \S+ +limit \S+\n {2}module\.weak .* at \[11, 15\] {3}← first difference\n/,
    );
    expect(text).toMatch(/DIFFERS {2}109 of 1,846 quantities/);
  });

  it('says why nothing was compared', () => {
    const verdicts = [
      notCompared({ backbone: 'survpath', variant: 'plain', witness: 'reference' }, 'no RNA for brca'),
    ];
    const report = { ...fixtureReport(), subjects: [], verdicts, summary: summarize([], verdicts) };
    expect(renderTerminal(report, {}, plain)).toMatch(/NOT COMPARED {2}no RNA for brca\n$/);
  });

  it('is plain without colours and coloured with them', () => {
    const escape = String.fromCharCode(27);
    expect(renderTerminal(fixtureReport({ differs: true }), files, plain)).not.toContain(escape);
    expect(renderTerminal(fixtureReport({ differs: true }), files, pc.createColors(true))).toContain(
      `${escape}[31m`,
    );
  });
});
