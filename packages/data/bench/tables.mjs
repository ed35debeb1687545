// How fast tables of expression are read, against pandas in the same run.
// Usage: node packages/data/bench/tables.mjs [--tables ../shared/tcga] [--rounds 5] [--json FILE]
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { readCaseRows, readPorpoiseAssay, readTableFile } from '../dist/index.js';

const root = join(import.meta.dirname, '../../..');
const { values } = parseArgs({
  options: {
    tables: { type: 'string', default: join(root, '../shared/tcga') },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
if (!existsSync(values.tables)) {
  console.error(
    `${values.tables}: no such folder; --tables names the one that holds porpoise/ and survpath/`,
  );
  process.exit(2);
}
const executable = process.env.CONCORD_BRIDGE_PYTHON ?? join(root, '.venv/bin/python');
const porpoise = (name) => join(values.tables, 'porpoise', `tcga_${name}_all_clean.csv.zip`);
const rna = (name) => join(values.tables, 'survpath/datasets_csv/raw_rna_data/xena', name, 'rna_clean.csv');
const tables = [
  ...['blca', 'brca', 'hnsc', 'stad'].map((name) => ({
    name: `PORPOISE ${name}`,
    path: porpoise(name),
    assay: true,
  })),
  ...['blca', 'stad'].map((name) => ({ name: `rna_clean ${name}`, path: rna(name), assay: false })),
];

const python = spawn(executable, ['-m', 'concord_bridge.reference_files.table_bench'], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
const pandas = async (path) => {
  python.stdin.write(`${path}\n`);
  const { value, done } = await answers.next();
  if (done) throw new Error('Python ended; its message stands above');
  return JSON.parse(value).seconds;
};
const concord = async ({ path, assay }) => {
  const began = performance.now();
  const table = await readTableFile(path);
  if (assay) readPorpoiseAssay(table, 'rnaseq');
  else readCaseRows(table);
  return (performance.now() - began) / 1000;
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const report = [];
for (const table of tables) {
  const pairs = [];
  // The first round fills the disk's cache and compiles.
  for (let round = -1; round < Number(values.rounds); round += 1) {
    const pair = [await concord(table), await pandas(table.path)];
    if (round >= 0) pairs.push(pair);
  }
  const [own, theirs] = [0, 1].map((i) => median(pairs.map((pair) => pair[i])));
  const ratio = median(pairs.map(([a, b]) => b / a));
  report.push({ table: table.name, milliseconds: 1000 * own, pandas: 1000 * theirs, ratio });
  console.log(
    `${table.name.padEnd(16)} ${(1000 * own).toFixed(0).padStart(5)} ms, pandas ${(1000 * theirs).toFixed(0).padStart(5)} ms, ${ratio.toFixed(2)} × as fast`,
  );
}
python.stdin.end();
if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
