import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../dist/main.js');
const published = process.env['CONCORD_PUBLISHED'];

function risks(...flags: string[]) {
  return execa('node', [program, 'weights', 'risks', ...flags], {
    reject: false,
    cwd: tmpdir(),
    env: { CONCORD_PUBLISHED: undefined },
  });
}

describe('concord weights risks', { timeout: 1_800_000 }, () => {
  it('asks for the checkouts', async () => {
    const { exitCode, stderr } = await risks();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('risks need --published FOLDER');
  });

  it('compares nothing where there are none, and says so', async () => {
    const { exitCode, stdout } = await risks('--backbone', 'abmil', '--published', tmpdir());
    expect(exitCode).toBe(2);
    expect(stdout).toContain('not compared: abmil: no checkout of mahmoodlab/SurvPath');
  });

  it.skipIf(!published)(
    'gives the risks of each published class, and the same ranking (skipped without CONCORD_PUBLISHED)',
    async () => {
      const { exitCode, stdout } = await risks('--published', published!);
      expect(stdout).not.toContain('DIFFERS');
      expect(exitCode).toBe(0);
    },
  );
});
