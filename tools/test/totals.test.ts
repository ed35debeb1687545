import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environmentPython, root } from '../setup/paths.mjs';
import { temporaryFolder } from '../setup/temporary-folder.js';
import { addTotals, believeExitCode, totalsLine } from './totals.mjs';
import { countVitest } from './typescript-tests.mjs';

describe('totalsLine', () => {
  it('names skipped tests only where there are some', () => {
    expect(totalsLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(totalsLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });

  it('adds up its parts', () => {
    const part = { passed: 1, failed: 2, skipped: 3 };
    expect(addTotals([part, part])).toEqual({ passed: 2, failed: 4, skipped: 6 });
    expect(addTotals([])).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe('believeExitCode', () => {
  const clean = { passed: 5, failed: 0, skipped: 0 };
  it.each([
    ['a clean run', clean, 0, clean],
    ['an unhandled error after clean tests', clean, 1, { ...clean, failed: 1 }],
    ['failures that were counted', { ...clean, failed: 2 }, 1, { ...clean, failed: 2 }],
    ['a runner that left no report', undefined, 1, { passed: 0, failed: 1, skipped: 0 }],
    [
      'a runner that left no report and says it succeeded',
      undefined,
      0,
      { passed: 0, failed: 1, skipped: 0 },
    ],
  ])('%s', (_, reported, exitCode, expected) => {
    expect(believeExitCode(reported, exitCode)).toEqual(expected);
  });
});

describe('countVitest', () => {
  it('counts a file that does not load as a failure', () => {
    const report = {
      numPassedTests: 1,
      numFailedTests: 1,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [] },
        { status: 'failed', assertionResults: [{ status: 'failed' }] },
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 1, failed: 2, skipped: 2 });
  });
});

const python = environmentPython(root);

describe.runIf(existsSync(python))('the pytest plugin', () => {
  it('counts every outcome', () => {
    const folder = temporaryFolder();
    const report = join(folder, 'totals.json');
    writeFileSync(
      join(folder, 'test_outcomes.py'),
      `import pytest
def test_passes(): pass
def test_fails(): assert False
@pytest.mark.skip
def test_skipped(): pass
@pytest.mark.xfail
def test_known(): assert False
@pytest.mark.xfail(strict=True)
def test_no_longer_known(): pass
@pytest.fixture
def broken(): raise ValueError
def test_broken(broken): pass
`,
    );
    spawnSync(python, ['-m', 'pytest', '-q', '-p', 'pytest_totals', '-p', 'no:cacheprovider', folder], {
      cwd: folder,
      env: { ...process.env, PYTHONPATH: import.meta.dirname, CONCORD_TOTALS: report },
    });
    expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual({ passed: 2, failed: 3, skipped: 1 });
  });
});
