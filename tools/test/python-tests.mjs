import { rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { environmentPython } from '../setup/paths.mjs';
import { readStamp } from '../setup/stamp.mjs';
import { stream } from './stream.mjs';
import { believeExitCode } from './totals.mjs';

/** pytest over python-bridge, in the checkout's own environment. @param {import('./typescript-tests.mjs').TestPlace} place */
export async function pythonTests({ home, results, env }) {
  const report = join(results, 'pytest.json');
  rmSync(report, { force: true });
  const exitCode = await stream(environmentPython(home), ['-m', 'pytest', '-p', 'pytest_totals'], {
    cwd: join(home, 'python-bridge'),
    env: {
      ...env,
      PYTHONPATH: [import.meta.dirname, env['PYTHONPATH']].filter(Boolean).join(delimiter),
      CONCORD_TOTALS: report,
    },
  });
  return believeExitCode(readStamp(report), exitCode);
}
