import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './markdown.js';
import { fixtureAudit } from './report.fixture.js';
import { renderTerminal } from './terminal.js';

const plain = pc.createColors(false);

describe('renderTerminal', () => {
  const text = renderTerminal(fixtureAudit(), { report: 'reports/audit/1/report.html' }, plain);

  it('marks what is recorded and what differs, and says why', () => {
    expect(text).toMatch(/second +code +holds \*/);
    expect(text).toMatch(/third +code +cannot !/);
    expect(text).toContain('! paper/third: cannot be tested here, recorded: fails');
  });

  it('ends with the counts, the problems and the files', () => {
    expect(text).toContain(
      'DIFFERS  3 claims: 1 fail, 1 hold, 1 cannot be tested here (1 verdict not as recorded, 1 problem, 12 s)',
    );
    expect(text).toContain('* 1 verdict from the record, without a checkout');
    expect(text).toContain('reports/audit/1/report.html');
  });
});

describe('renderMarkdown', () => {
  const text = renderMarkdown(fixtureAudit());

  it('shows every kind of evidence of a claim', () => {
    expect(text).toContain('- answer: 41 units');
    expect(text).toMatch(/\| genes \| runs \|\n\| -+: \| -+ \|\n\| +331 \| no +\|/);
    expect(text).toContain('1  0.5\nnan  1.00e-9');
    expect(text).toContain('two\nlines');
  });

  it('leaves no letter of a claim to Markdown or HTML', () => {
    expect(text).not.toMatch(/(?<!\\)<(?:img|script)/);
  });
});
