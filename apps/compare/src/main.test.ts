import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const app = fileURLToPath(new URL('..', import.meta.url));

/** Writes every module that was loaded to descriptor 2 at the end. */
const SPY = `data:text/javascript,${encodeURIComponent(`
  import { createRequire, register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`
    import { writeSync } from 'node:fs';
    export async function load(url, context, next) { writeSync(2, 'loaded ' + url + '\\\\n'); return next(url, context); }
  \`));
  const { cache } = createRequire(process.cwd() + '/');
  process.on('exit', () => { for (const file of Object.keys(cache)) process.stderr.write('loaded ' + file + '\\n'); });
`)}`;

describe('the concord program', () => {
  let folder: string;
  let program: string;

  beforeAll(async () => {
    // Inside the package, so that what it imports is found; dist is ignored by git.
    mkdirSync(join(app, 'dist'), { recursive: true });
    folder = mkdtempSync(join(app, 'dist', 'main-test-'));
    program = join(folder, 'main.js');
    await build({
      root: app,
      logLevel: 'silent',
      configFile: false,
      resolve: { conditions: ['@concord/source', 'node', 'import'] },
      ssr: { resolve: { conditions: ['@concord/source', 'node', 'import'] } },
      build: { ssr: join(app, 'src', 'main.ts'), outDir: folder, emptyOutDir: false, minify: false },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('shows its help before TensorFlow, Plot or the bridge are loaded', async () => {
    const { stdout, stderr } = await execa('node', ['--import', SPY, program, 'parity', '--help']);
    expect(stdout).toMatch(/^Usage: concord parity/);
    const loaded = stderr.split('\n').filter((line) => line.startsWith('loaded '));
    expect(loaded.some((line) => line.includes('commander'))).toBe(true);
    expect(
      loaded.filter((line) => /tensorflow|plot|linkedom|pythonia|ora|execa|playwright/.test(line)),
    ).toEqual([]);
  });

  it('shows it fast', async () => {
    const start = performance.now();
    await execa('node', [program, 'parity', '--help']);
    const took = performance.now() - start;
    console.log(`concord parity --help: ${took.toFixed(0)} ms`);
    // The bar is 500 ms on a machine of its own; tests share theirs.
    expect(took).toBeLessThan(1500);
  });

  it('ends with 2, the reason on standard error, when the command line is wrong', async () => {
    const { exitCode, stdout, stderr } = await execa('node', [program, 'parity', '--steps', 'many'], {
      reject: false,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`option '--steps <n>' argument 'many' is invalid`);
  });
});
