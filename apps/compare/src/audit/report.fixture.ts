import { summarize, type AuditReport, type ClaimResult } from './report.js';

export const HOSTILE = `"><img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;

const base: ClaimResult = {
  id: 'paper/first',
  paper: 'paper',
  sentence: 'The answer is 42.',
  kind: 'code',
  source: 'somebody/code@1234567, answer.py, line 1',
  recorded: 'fails',
  meaning: 'It is about the answer only.',
  reads: ['Code/answer.py'],
  register: ['D1'],
  verdict: 'fails',
  why: 'it is another number',
  evidence: [
    { name: 'sizes', table: { columns: ['genes', 'runs'], rows: [[331, false]] } },
    { name: 'answer', number: 41, unit: 'units' },
    { name: 'weights', tensor: { shape: [2, 2], values: [1, 0.5, 'nan', 1e-9] } },
    { name: 'said', text: 'one line' },
    { name: 'trace', text: 'two\nlines' },
  ],
  versions: { python: '3.11.7' },
  basis: 'run',
  stopped: false,
  differs: false,
  seconds: 1.5,
};

/** A report with each kind of verdict, each kind of evidence, a problem, and hostile words. */
export function fixtureAudit(): AuditReport {
  const claims: ClaimResult[] = [
    base,
    { ...base, id: 'paper/second', verdict: 'holds', basis: 'recorded', recorded: 'holds', evidence: [] },
    {
      ...base,
      id: 'paper/third',
      verdict: 'cannot be tested here',
      differs: true,
      why: HOSTILE,
      sentence: HOSTILE,
    },
  ];
  const checkout = { name: 'Code', source: 'somebody/code', commit: '1234567', missing: 2, digest: 'abc' };
  return {
    schema: 'concord-audit/1',
    command: `concord audit ${HOSTILE}`,
    date: '2025-11-23T13:38:00.000Z',
    papers: { paper: 'A paper' },
    checkouts: [{ ...checkout, state: 'as pinned', found: '1234567890', changed: [] }],
    claims,
    problems: [{ where: 'Other', problem: HOSTILE }],
    summary: summarize(claims, 12),
  };
}
