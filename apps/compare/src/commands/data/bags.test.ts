import { execFileSync } from 'node:child_process';
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
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../program.js';

const root = join(import.meta.dirname, '../../../../..');
const python = process.env['CONCORD_BRIDGE_PYTHON'] ?? join(root, '.venv/bin/python');

describe.skipIf(!existsSync(python))('concord data, on folders of features', () => {
  let cwd: string;
  beforeAll(() => {
    cwd = mkdtempSync(join(tmpdir(), 'concord-data-cli-'));
    execFileSync(python, ['-m', 'concord_bridge.reference_files.cohort', cwd], { stdio: 'pipe' });
  });
  afterAll(() => rmSync(cwd, { recursive: true, force: true }));

  /** Run a command line; what it wrote and how it ended. */
  async function concord(...line: string[]) {
    let [out, err] = ['', ''];
    const load = () => Promise.reject(new Error('not needed here'));
    const code = await runCommandLine(['data', ...line], {
      out: (text) => Promise.resolve(void (out += text)),
      err: { write: (text) => (err += text) },
      colors: false,
      env: {},
      cwd,
      load: {
        parity: load,
        bench: load,
        describe: load,
        weights: load,
        risks: load,
        audit: load,
        inventory: load,
      },
    });
    return { code, out, err };
  }

  it('doctor: a clean folder is healthy, a broken one is not, and both are reported', async () => {
    const clean = await concord('doctor', 'clean', '--slides', join(cwd, 'clean/slides.csv'));
    expect(clean).toMatchObject({ code: 0, err: '' });
    expect(clean.out).toMatch(
      /^HEALTHY {2}24 files, 1 table, 0 problems, 0 warnings → reports\/data-doctor\/doctor.html/,
    );

    const broken = await concord('doctor', 'nan', '--report', 'out', '--json', 'out/doctor.json');
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(/✗ TCGA-.* not-finite: 1 numbers are NaN/);
    const report = JSON.parse(readFileSync(join(cwd, 'out/doctor.json'), 'utf8'));
    expect(report).toMatchObject({ schema: 'concord-data-doctor/1', problems: 2 });
    const csv = readFileSync(join(cwd, 'out/doctor.csv'), 'utf8').split('\r\n');
    expect(csv.slice(0, 2)).toEqual([
      'severity,kind,slide,path,text',
      expect.stringMatching(/^problem,not-finite,TCGA/),
    ]);
    const page = readFileSync(join(cwd, 'out/doctor.html'), 'utf8');
    expect(page).toContain('PROBLEMS');
    expect(page).not.toMatch(/https?:\/\/(?!www.w3.org)/);
  });

  it('doctor: tables alone, with ids that were sorted without their times', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `TCGA-AA-${String(i).padStart(4, '0')}`);
    const rows = ids.map((id, i) => `${i},${id},${id}.svs,${i + 1},${i % 2}`);
    mkdirSync(join(cwd, 'tables'));
    const path = join(cwd, 'tables/metadata.csv');
    writeFileSync(path, [',case_id,slide_id,survival_months,censorship', ...rows].join('\n'));
    const sorted = await concord('doctor', 'tables', '--report', 'tables-report');
    expect(sorted.code).toBe(1);
    expect(sorted.out).toMatch(
      /✗ metadata.csv {2}rows-out-of-order: ids and times of os both rise over 20 cases/,
    );
    expect(sorted.out).toMatch(/PROBLEMS {2}0 files, 1 table, 1 problems, 0 warnings/);
    expect(readFileSync(join(cwd, 'tables-report/doctor.html'), 'utf8')).toContain('All tables');
    mkdirSync(join(cwd, 'bare'));
    const bare = await concord('doctor', 'bare');
    expect(bare).toMatchObject({ code: 2, err: expect.stringMatching(/holds no .pt, .h5/) });
  });

  it('doctor: a folder that is not there ends with 2', async () => {
    const { code, err } = await concord('doctor', 'nowhere');
    expect(code).toBe(2);
    expect(err).toMatch(/nowhere: no such file or folder/);
  });

  it('convert: writes what is whole, names what is not', async () => {
    const { code, out, err } = await concord('convert', 'shorter/pt_files', '--out', 'arrays', '--to', 'npy');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe('12 of 12 bags written to arrays\n');
    expect(readdirSync(join(cwd, 'arrays')).filter((name) => !name.endsWith('.npy'))).toEqual([]);
    const broken = await concord('convert', 'truncated-pt/pt_files', '--out', 'some', '--json', '-');
    expect(broken.code).toBe(1);
    expect(broken.err).toMatch(/is no readable ZIP archive/);
    const { files } = JSON.parse(broken.out);
    expect(files.filter(({ problem }: { problem?: string }) => problem)).toHaveLength(1);
    expect(readdirSync(join(cwd, 'some'))).toHaveLength(11);
    const both = await concord('convert', 'clean', '--out', 'all');
    expect(both).toMatchObject({ code: 2, err: expect.stringMatching(/are of one slide/) });
  });

  it('pack: once, then keeps what has not changed', async () => {
    const line = ['pack', 'clean/h5_files', '--out', 'cohort.pack'];
    expect((await concord(...line)).out).toMatch(/^cohort.pack: 12 slides, \d+ × 32 float32, [\d.]+ MiB\n$/);
    expect((await concord(...line, '--verify')).out).toContain('kept, no source has changed');
    const listed = await concord(...line, '--slides', join(cwd, 'missing/slides.csv'), '--json', '-');
    expect(JSON.parse(listed.out)).toMatchObject({ slides: 12, reused: true });
    const missing = [
      'pack',
      'missing/h5_files',
      '--out',
      'less.pack',
      '--slides',
      join(cwd, 'clean/slides.csv'),
    ];
    expect(await concord(...missing)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/1 of 12 slides/),
    });
    expect(existsSync(join(cwd, 'less.pack'))).toBe(false);
  });
});
