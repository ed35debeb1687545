import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaCommand } from 'execa';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
].filter((name) => name.endsWith('.md'));

/**
 * Every command of the documentation. A block marked `sh` is run here; `sh ci` is what runs this test; `sh slow`
 * needs tables, checkouts or more than a minute, and is run where CONCORD_DOCS_SLOW is set.
 */
const commands = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```sh(?: (\w+))?\n([\s\S]*?)^```/gm)].flatMap(([, mark, block]) =>
    block!
      .trim()
      .split('\n')
      .map((command) => ({ page, mark, command })),
  );
});

describe('commands of the documentation', { timeout: 600_000 }, () => {
  it('are found', () => {
    expect(commands.length).toBeGreaterThan(8);
  });

  it.each(commands.filter(({ mark }) => mark === undefined))('$page: $command', async ({ command }) => {
    const { exitCode, stderr } = await execaCommand(command, {
      cwd: root,
      reject: false,
      env: { NX_DAEMON: 'false' },
    });
    expect(exitCode, stderr).toBe(0);
  });

  it.skipIf(!process.env['CONCORD_DOCS_SLOW']).each(commands.filter(({ mark }) => mark === 'slow'))(
    '$page: $command (skipped without CONCORD_DOCS_SLOW)',
    async ({ command }) => {
      const { exitCode, stderr } = await execaCommand(command, { cwd: root, reject: false });
      expect(exitCode, stderr).toBe(0);
    },
  );
});
