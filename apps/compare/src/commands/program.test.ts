import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fixtureReport } from '../parity/report.fixture.js';
import type { ParityOptions, RunParity } from '../parity/types.js';
import type { Inventory } from './inventory.js';
import { runCommandLine } from './program.js';

const inventory: Inventory = {
  backbones: () => ['survpath'],
  modules: ['plain', 'described', 'extended'],
  cohorts: () => Promise.resolve([{ name: 'blca', source: 'embedded', synthetic: true }]),
  witnesses: () => Promise.resolve([{ name: 'reference', found: true, detail: 'our own PyTorch' }]),
};

let cwd: string;
beforeEach(() => void (cwd = mkdtempSync(join(tmpdir(), 'concord-cli-'))));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** Run a command line; what it wrote, how it ended, what it asked of the run. */
async function concord(
  line: string[],
  runParity: RunParity = () => Promise.resolve(fixtureReport()),
  env = {},
) {
  let [out, err] = ['', ''];
  let asked: ParityOptions | undefined;
  const code = await runCommandLine(line, {
    out: (text) => Promise.resolve(void (out += text)),
    err: { write: (text) => (err += text) },
    colors: false,
    env,
    cwd,
    load: {
      parity: () =>
        Promise.resolve({
          runParity: (options, progress) => {
            asked = options;
            return runParity(options, progress);
          },
        }),
      bench: () =>
        Promise.resolve({ runBench: () => Promise.resolve({ text: 'ratio 1.6', report: { ratio: 1.6 } }) }),
      describe: () => Promise.resolve({ runDescribe: (options) => Promise.resolve(JSON.stringify(options)) }),
      weights: () => Promise.reject(new Error('not needed here')),
      risks: () => Promise.reject(new Error('not needed here')),
      audit: () => Promise.reject(new Error('not needed here')),
      inventory: () => Promise.resolve(inventory),
    },
  });
  return { code, out, err, asked };
}

const runs = () =>
  existsSync(join(cwd, 'reports', 'parity')) ? readdirSync(join(cwd, 'reports', 'parity')) : [];

describe('concord parity', () => {
  it('runs every variant with its defaults, and says so in the command that makes it again', async () => {
    const { asked } = await concord(['parity']);
    expect(asked).toMatchObject({
      ...{
        preset: 'small',
        backbones: ['survpath'],
        modules: inventory.modules,
        cohort: 'blca',
        steps: 50,
        seed: 7,
      },
      ...{ factor: 4, backend: 'auto' },
      command:
        'concord parity --preset small --backbone survpath --module all --cohort blca --steps 50 --seed 7 --factor 4 --backend auto',
    });
    expect(asked!.outDir).toMatch(/reports\/parity\/\d{8}-\d{6}$/);
  });

  it('takes every option, with = or a space', async () => {
    writeFileSync(join(cwd, 'a tape'), '');
    const { asked } = await concord([
      ...['parity', '--preset=published', '--module', 'extended, plain', '--cohort=stad', '--data', cwd],
      ...['--steps=3', '--seed', '0', '--published', cwd, '--replay', join(cwd, 'a tape'), '--factor', '2.5'],
      ...['--backend', 'wasm'],
    ]);
    expect(asked).toMatchObject({
      ...{
        preset: 'published',
        modules: ['extended', 'plain'],
        cohort: 'stad',
        dataDir: cwd,
        steps: 3,
        seed: 0,
      },
      ...{ publishedDir: cwd, replay: join(cwd, 'a tape'), factor: 2.5, backend: 'wasm' },
    });
    expect(asked!.command).toContain(`--module 'extended, plain' --cohort stad`);
    expect(asked!.command).not.toContain('--replay');
  });

  it.each([
    ['agree', false, 0, 'SAME'],
    ['disagree', true, 1, 'DIFFERS'],
  ])('when they %s', async (_, differs, exit, word) => {
    const { code, out } = await concord(['parity'], () => Promise.resolve(fixtureReport({ differs })));
    expect(code).toBe(exit);
    expect(out).toContain(`\n${word}  `);
    const [run] = runs();
    expect(readdirSync(join(cwd, 'reports', 'parity', run!)).sort()).toEqual(['report.html', 'report.json']);
    expect(out).toContain(join('reports', 'parity', run!, 'report.html'));
  });

  it('ends with 2 when nothing was compared', async () => {
    const report = fixtureReport();
    const summary = { ...report.summary, status: 'not compared' as const };
    const { code, out } = await concord(['parity'], () => Promise.resolve({ ...report, summary }));
    expect(code).toBe(2);
    expect(out).toContain('NOT COMPARED');
  });

  it('writes its files where it is told', async () => {
    const [json, report] = [join(cwd, 'new', 'a.json'), join(cwd, 'b.html')];
    await concord(['parity', '--json', json, '--report', report]);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ schema: 'concord-parity/1' });
    expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('gives JSON and nothing else with --json -', async () => {
    const { out, err } = await concord(['parity', '--json', '-'], (_, progress) => {
      progress.start('survpath × plain', 1);
      return Promise.resolve(fixtureReport());
    });
    expect(JSON.parse(out)).toMatchObject({ summary: { status: 'same' } });
    expect(err).toBe('');
  });

  it('says how it goes along on standard error', async () => {
    const { err } = await concord(['parity'], (_, progress) => {
      progress.start('survpath × plain', 1);
      return Promise.resolve(fixtureReport());
    });
    expect(err).toBe('[1/1] survpath × plain\n');
  });

  it('leaves nothing behind when it cannot run, and says why in one line', async () => {
    const { code, err } = await concord(['parity'], () =>
      Promise.reject(new Error('cohort brca: no RNA table')),
    );
    expect({ code, err }).toEqual({ code: 2, err: 'error: cohort brca: no RNA table\n' });
    expect(runs()).toEqual([]);
  });

  it('shows the stack to those who ask for it', async () => {
    const { err } = await concord(['parity'], () => Promise.reject(new Error('no')), { CONCORD_DEBUG: '1' });
    expect(err).toMatch(/^error: Error: no\n {4}at /);
  });

  it('stops on Ctrl-C, cleans up and ends with 2', async () => {
    const { code, err } = await concord(['parity'], ({ signal }) => {
      setTimeout(() => process.emit('SIGINT', 'SIGINT'), 5);
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(new Error('worker is gone'))),
      );
    });
    expect(code).toBe(2);
    expect(err).toBe(
      '\nSIGINT: stopping the Python worker and cleaning up.\nerror: interrupted; nothing was written\n',
    );
    expect(runs()).toEqual([]);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});

describe('concord parity, at the door', () => {
  it.each([
    [['--preset', 'big'], /--preset <name>' argument 'big' is invalid. Allowed choices are small, published/],
    [['--steps', '0'], /--steps <n>' argument '0' is invalid. Expected a whole number from 1 to 1000/],
    [['--steps', '1.5'], /'1.5' is invalid. Expected a whole number/],
    [['--seed', '-1'], /--seed <n>' argument '-1' is invalid. Expected a whole number from 0 to 4294967295/],
    [['--factor', '0'], /--factor <x>' argument '0' is invalid. Expected a number above 0/],
    [['--factor', 'NaN'], /'NaN' is invalid. Expected a number above 0/],
    [['--backend', 'gpu'], /'gpu' is invalid. Allowed choices are auto, native, wasm/],
    [['--data', '/no/such'], /--data <folder>' argument '\/no\/such' is invalid. There is no such folder/],
    [['--replay', '/'], /--replay <tape>' argument '\/' is invalid. That is not a file/],
    [
      ['--module', 'plain,cad'],
      /^error: --module plain,cad: there is no cad. Allowed: all, or any of plain, described/,
    ],
    [['--backbone', 'mcat'], /^error: --backbone mcat: there is no mcat. Allowed: all, or any of survpath\./],
    [['--json', '/'], /^error: --json \/: that is a folder/],
    [['--colour'], /unknown option '--colour'/],
    [['blca'], /too many arguments/],
  ])('refuses %j', async (line, words) => {
    const { code, err, asked } = await concord(['parity', ...line]);
    expect(err).toMatch(words);
    expect(code).toBe(2);
    expect(asked).toBeUndefined();
    expect(runs()).toEqual([]);
  });
});

describe('concord', () => {
  it('teaches what the words mean, with examples and exit codes', async () => {
    const { code, out } = await concord(['parity', '--help']);
    expect(code).toBe(0);
    for (const word of ['yardstick', 'Exit codes', 'Examples', 'NOT COMPARED', '--replay <tape>']) {
      expect(out).toContain(word);
    }
  });

  it('ends with 2 on an unknown command', async () => {
    expect(await concord(['pairty'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/unknown command 'pairty'/),
    });
  });

  it('lists what there is, for people and as JSON', async () => {
    const { out } = await concord(['list']);
    expect(out).toContain('Modules\n  plain\n  described\n  extended\n');
    expect(out).toContain('blca  embedded, synthetic');
    const json = JSON.parse((await concord(['list', '--json'])).out) as object;
    expect(json).toEqual({
      ...{ backbones: ['survpath'], modules: ['plain', 'described', 'extended'] },
      cohorts: [{ name: 'blca', source: 'embedded', synthetic: true }],
      witnesses: [{ name: 'reference', found: true, detail: 'our own PyTorch' }],
    });
  });

  it('describes the backbones that are named, in the format asked for', async () => {
    const { code, out } = await concord(['describe', '--backbone', 'all', '--format', 'mermaid']);
    expect({ code, ...JSON.parse(out) }).toEqual({
      code: 0,
      backbones: ['survpath'],
      cwd,
      format: 'mermaid',
    });
  });

  it('benchmarks, for people and as JSON', async () => {
    expect(await concord(['bench', '--patches', '1000,4096'])).toMatchObject({ code: 0, out: 'ratio 1.6\n' });
    const file = join(cwd, 'bench', 'figures.json');
    mkdirSync(join(cwd, 'bench'));
    await concord(['bench', '--json', file]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ratio: 1.6 });
  });
});
