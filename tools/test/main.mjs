#!/usr/bin/env node
import { join, resolve } from 'node:path';
import { mkdirSync } from 'node:fs';
import { checks } from './checks.mjs';
import { pythonTests } from './python-tests.mjs';
import { addTotals, totalsLine } from './totals.mjs';
import { typescriptTests } from './typescript-tests.mjs';

/**
 * What `npm test` runs after set-up: all TypeScript and Python tests, and with `--checks` lint, format and types.
 * The last line is the totals over everything; exit code 1 if anything failed, or nothing ran.
 */
const home = resolve(import.meta.dirname, '..', '..');
const results = join(home, '.setup', 'test');
mkdirSync(results, { recursive: true });

const place = { home, results, env: process.env };
const parts = [typescriptTests, pythonTests, ...(process.argv.includes('--checks') ? checks : [])];
const totals = [];
for (const part of parts) totals.push(await part(place));

const total = addTotals(totals);
process.stdout.write(`\n${totalsLine(total)}\n`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
