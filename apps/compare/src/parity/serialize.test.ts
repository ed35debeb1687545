import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { fixtureReport } from './report.fixture.js';
import type { ParityReport } from './report.js';
import { serializeReport } from './serialize.js';

const schema = JSON.parse(
  readFileSync(new URL('../../schema/parity-1.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

/** What the schema says about a report, once it is written and read. */
function complaints(report: ParityReport): string[] {
  return validate(JSON.parse(serializeReport(report)))
    ? []
    : validate.errors!.map((error) => `${error.instancePath} ${error.message}`);
}

describe('serializeReport', () => {
  it.each([false, true])('is what the schema describes (differs: %s)', (differs) => {
    expect(complaints(fixtureReport({ differs }))).toEqual([]);
  });

  it('writes an infinite error as the word, not as null', () => {
    const report = fixtureReport();
    const broken = { ...report.subjects[0]!, errorTs: Infinity, ratio: Infinity, pass: false };
    const written = { ...report, subjects: [broken] };
    expect(complaints(written)).toEqual([]);
    expect(JSON.parse(serializeReport(written))).toMatchObject({
      subjects: [{ errorTs: 'Infinity', ratio: 'Infinity' }],
    });
  });

  it.each([
    ['another version', { schema: 'concord-parity/2' }, '/schema must be equal to constant'],
    ['a missing part', { tape: undefined }, " must have required property 'tape'"],
    ['a part nobody knows', { mood: 'good' }, ' must NOT have additional properties'],
  ])('is refused by the schema with %s', (_, change, complaint) => {
    expect(complaints({ ...fixtureReport(), ...change } as unknown as ParityReport)).toContain(complaint);
  });
});
