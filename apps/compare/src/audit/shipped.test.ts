import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@concord/baselines';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { localClaims } from './claimEngine.js';
import type { Listing } from './claim.js';
import { listClaims } from './listClaims.js';
import { pageCommand, paperPage } from './paperPage.js';
import { fixtureAudit } from './report.fixture.js';
import { runAudit } from './run.js';

const root = workspaceRoot();
const schema = JSON.parse(
  readFileSync(join(root, 'apps/compare/schema/audit-1.schema.json'), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);

/** Rows of the defect register that the claims have to answer. */
const REGISTER = Array.from({ length: 32 }, (_, i) => `D${i + 1}`);

let listing: Listing;
beforeAll(async () => void (listing = await listClaims()));

describe('the claims that come with this program', () => {
  it('can all be read, and are at least 40 over at least 8 repositories', () => {
    expect(listing.problems).toEqual([]);
    expect(listing.claims.length).toBeGreaterThanOrEqual(40);
    const read = new Set(listing.claims.flatMap(({ reads }) => reads.map((path) => path.split('/')[0])));
    expect(read.size).toBeGreaterThanOrEqual(8);
  });

  it('answer every row of the register', () => {
    const answered = new Set(listing.claims.flatMap(({ register }) => register));
    expect(REGISTER.filter((row) => !answered.has(row))).toEqual([]);
    expect([...answered].filter((row) => !REGISTER.includes(row))).toEqual([]);
  });

  it('have each a recorded finding of the verdict that the file states, without a place of a machine', () => {
    for (const { id, recorded, record } of listing.claims) {
      expect(record, `${id} has no record`).not.toBeNull();
      expect([id, record!.verdict]).toEqual([id, recorded]);
      expect(JSON.stringify(record), id).not.toMatch(/"[^"]*\/(?:work|tmp|home|root|usr)\//);
    }
  });

  it('give their recorded findings without a checkout, in a report that the schema describes', async () => {
    const signal = new AbortController().signal;
    const options = {
      papers: ['dsu', 'mcat'],
      changed: false,
      engine: localClaims(2),
      limitSeconds: 60,
      record: false,
    };
    const report = await runAudit({ ...options, command: 'concord audit dsu mcat', signal }, () => {});
    expect(report.summary).toMatchObject({ ran: 0, refused: 0, differ: 0 });
    expect(report.summary.recorded).toBe(report.claims.length);
    const written = JSON.parse(JSON.stringify(report)) as unknown;
    expect(validate(written) ? [] : validate.errors).toEqual([]);
  });
});

describe('the schema', () => {
  const written = (change: object) => JSON.parse(JSON.stringify({ ...fixtureAudit(), ...change })) as unknown;

  it('describes each kind of verdict and of evidence', () => {
    expect(validate(written({})) ? [] : validate.errors).toEqual([]);
  });

  it.each([
    ['another version', { schema: 'concord-audit/2' }],
    ['a verdict that there is not', { claims: [{ ...fixtureAudit().claims[0], verdict: 'perhaps' }] }],
    ['a part nobody knows', { mood: 'good' }],
  ])('refuses %s', (_, change) => {
    expect(validate(written(change))).toBe(false);
  });
});

describe('the pages of the documentation', () => {
  it('are what the command writes, one a paper', async () => {
    for (const paper of Object.keys(listing.papers)) {
      const page = readFileSync(join(root, 'docs', 'audits', `${paper}.md`), 'utf8');
      expect(page, `make it again: ${pageCommand(paper)}`).toBe(await paperPage(paper, listing));
    }
  });
});
