import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectGdc, type GdcConnection } from './connection.js';
import {
  allOf,
  anyOf,
  compareField,
  fieldMatches,
  isMissing,
  isNoneOf,
  isOneOf,
  isPresent,
  type GdcFilter,
} from './filter.js';
import { sendJson, startGdcServer, type GdcTestServer } from './gdcServer.testing.js';
import { parseManifest } from './manifest.js';
import { formatManifest } from './manifestWrite.js';
import { queryGdc } from './query.js';
import { manifestOfFiles, queryCases, queryClinical, queryFiles } from './queryFiles.js';

let server: GdcTestServer;
let gdc: GdcConnection;
beforeEach(async () => {
  server = await startGdcServer();
  gdc = connectGdc({ baseUrl: `${server.url}/`, env: {}, stallMs: 500 });
});
afterEach(async () => {
  await gdc.close();
  await server.close();
});

const quick = { backoffMs: 1, retries: 2 };
const uuid = (n: number) => `${String(n).padStart(8, '0')}-b739-4bd9-b15b-4a70ae287d3e`;
interface Question {
  readonly from: number;
  readonly size: number;
  readonly sort: string;
}
/** Answers pages of so many records, as the GDC does. */
function serve(path: string, records: readonly object[], warnings: unknown = {}): void {
  server.answers.set(path, (question) => {
    const { from, size } = question as unknown as Question;
    const hits = records.slice(from, from + size);
    const pages = Math.ceil(records.length / size);
    const pagination = {
      count: hits.length,
      total: records.length,
      size,
      from,
      page: from / size + 1,
      pages,
    };
    return { data: { hits, pagination }, warnings };
  });
}
const questions = () =>
  server.served.filter(({ body }) => body).map(({ body }) => JSON.parse(body) as Question);

describe('queryGdc', () => {
  it('asks page by page, sorted by what is unique, until it has all', async () => {
    const records = Array.from({ length: 1201 }, (_, n) => ({ id: uuid(n), file_id: uuid(n) }));
    serve('/files', records, { fields: 'unrecognized values: [no_such]' });
    const heard: number[] = [];
    const { hits, warnings } = await queryGdc(
      gdc,
      { endpoint: 'files', fields: ['file_name'] },
      { heard: (count) => heard.push(count) },
    );
    expect(hits).toEqual(records);
    expect(warnings).toEqual(['fields: unrecognized values: [no_such]']);
    expect(heard).toEqual([500, 1000, 1201]);
    expect(questions()).toEqual(
      [0, 500, 1000].map((from) => ({
        ...{ from, size: 500, sort: 'file_id:asc', format: 'JSON', fields: 'file_id,file_name' },
      })),
    );
  });

  it('asks again when the total moves, and when a record comes twice', async () => {
    const records = Array.from({ length: 30 }, (_, n) => ({ id: uuid(n) }));
    serve('/cases', records);
    const whole = server.answers.get('/cases')!;
    let asked = 0;
    server.answers.set('/cases', (question) => {
      asked += 1;
      const { from } = question as unknown as Question;
      // The first pass loses a record before its second page, the second pass shifts by one.
      if (asked === 2) return { data: { hits: records.slice(from), pagination: { total: 29 } } };
      if (asked === 4)
        return { data: { hits: records.slice(from - 1, from + 9), pagination: { total: 30 } } };
      return whole(question);
    });
    expect((await queryGdc(gdc, { endpoint: 'cases', pageSize: 10 })).hits).toEqual(records);
    expect(asked).toBe(7);
  });

  it('gives up on a total that keeps moving, or that never comes', async () => {
    let total = 1000;
    server.answers.set('/cases', () => ({ data: { hits: [{ id: total }], pagination: { total: total++ } } }));
    await expect(queryGdc(gdc, { endpoint: 'cases' })).rejects.toThrow(
      '/cases: the number of records changed in each of 3 passes; ask again later',
    );
    server.answers.set('/cases', () => ({ data: { hits: [], pagination: { total: 5 } } }));
    await expect(queryGdc(gdc, { endpoint: 'cases' })).rejects.toThrow(/changed in each of 3 passes/);
  });

  it('asks for fewer at a time where the GDC cannot answer so many', async () => {
    const records = Array.from({ length: 90 }, (_, n) => ({ id: uuid(n) }));
    serve('/cases', records);
    server.fault = ({ body }, response) => {
      if (!body || (JSON.parse(body) as Question).size <= 30) return false;
      sendJson(response, 504, { message: 'timeout' });
      return true;
    };
    expect((await queryGdc(gdc, { endpoint: 'cases', pageSize: 100 }, quick)).hits).toEqual(records);
  });

  it.each([
    ['an array', [], /expected data.hits and data.pagination.total in the answer; is this the GDC\?/],
    ['null', null, /expected data.hits/],
    ['no total', { data: { hits: [], pagination: {} } }, /expected data.hits/],
    ['a negative total', { data: { hits: [], pagination: { total: -1 } } }, /expected data.hits/],
    [
      'an absurd total',
      { data: { hits: [], pagination: { total: 1e12 } } },
      /1000000000000 records match; narrow/,
    ],
  ])('refuses %s', async (_name, answer, words) => {
    server.answers.set('/cases', () => answer);
    await expect(queryGdc(gdc, { endpoint: 'cases' }, quick)).rejects.toThrow(words);
  });

  it('says what came instead of JSON, and tries again first', async () => {
    server.fault = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Down for maintenance</h1>');
      return true;
    };
    await expect(queryGdc(gdc, { endpoint: 'cases' }, quick)).rejects.toThrow(
      '/cases: expected JSON, got text/html: "Down for maintenance"',
    );
    expect(server.served.length).toBe(3);
  });

  it('asks once where the GDC refuses', async () => {
    server.fault = (_request, response) => {
      sendJson(response, 400, { message: 'invalid filter' });
      return true;
    };
    await expect(queryGdc(gdc, { endpoint: 'cases' }, quick)).rejects.toThrow(
      'POST /cases: HTTP 400 "invalid filter"',
    );
    expect(server.served.length).toBe(1);
  });

  it('reads gzip that it did not ask for, and refuses a bomb', async () => {
    let body = gzipSync(JSON.stringify({ data: { hits: [], pagination: { total: 0 } } }));
    server.fault = (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(body);
      return true;
    };
    expect((await queryGdc(gdc, { endpoint: 'cases' })).hits).toEqual([]);
    body = gzipSync(Buffer.alloc(2 ** 28));
    await expect(queryGdc(gdc, { endpoint: 'cases' }, quick)).rejects.toThrow(
      /not the gzip that it says .*or too large/,
    );
  });

  it('stops when it is asked to', async () => {
    const stop = new AbortController();
    server.fault = (_request, response) => {
      setTimeout(() => stop.abort(new Error('enough')), 20);
      response.on('close', () => {});
      return true;
    };
    await expect(queryGdc(gdc, { endpoint: 'cases' }, { signal: stop.signal })).rejects.toThrow('enough');
  });
});

describe('queryFiles', () => {
  const hit = {
    ...{
      id: uuid(1),
      file_id: uuid(1),
      file_name: 'a.tsv',
      md5sum: 'A'.repeat(32),
      file_size: 7,
      state: 'released',
    },
    ...{ access: 'open', data_type: 'Gene Expression Quantification', experimental_strategy: 'RNA-Seq' },
    analysis: { workflow_type: 'STAR - Counts' },
    cases: [
      {
        submitter_id: 'TCGA-AA-0001',
        project: { project_id: 'TCGA-BLCA' },
        samples: [{ submitter_id: 'TCGA-AA-0001-01A', sample_type: 'Primary Tumor' }],
      },
    ],
  };

  it('asks for open files of a project with the filter JSON that the GDC documents', async () => {
    serve('/files', [hit]);
    const { files } = await queryFiles(gdc, { projects: ['TCGA-BLCA'], workflows: ['STAR - Counts'] });
    expect((questions()[0] as unknown as { filters: GdcFilter }).filters).toEqual({
      op: 'and',
      content: [
        { op: 'in', content: { field: 'cases.project.project_id', value: ['TCGA-BLCA'] } },
        { op: '=', content: { field: 'access', value: 'open' } },
        { op: 'in', content: { field: 'analysis.workflow_type', value: ['STAR - Counts'] } },
      ],
    });
    expect(files).toEqual([
      {
        ...{
          id: uuid(1),
          filename: 'a.tsv',
          md5: 'a'.repeat(32),
          size: 7,
          state: 'released',
          access: 'open',
        },
        ...{ dataType: 'Gene Expression Quantification', strategy: 'RNA-Seq', workflow: 'STAR - Counts' },
        cases: [
          {
            ...{ barcode: 'TCGA-AA-0001', project: 'TCGA-BLCA' },
            samples: [{ barcode: 'TCGA-AA-0001-01A', type: 'Primary Tumor' }],
          },
        ],
      },
    ]);
  });

  it('gives a manifest that can be written and read again', async () => {
    serve('/files', [
      { ...hit, cases: [{ submitter_id: 'TCGA\n-AA\t', project: { project_id: 'TCGA-BLCA' } }] },
    ]);
    const { files } = await queryFiles(gdc, { projects: ['TCGA-BLCA'] });
    const [entry] = parseManifest(formatManifest(manifestOfFiles(files, 'query').entries), 'm').entries;
    expect(entry).toMatchObject({ id: uuid(1), filename: 'a.tsv', md5: 'a'.repeat(32), size: 7 });
    expect(entry!.extra.get('project_id')).toBe('TCGA-BLCA');
  });

  it('names records that cannot be used', async () => {
    serve('/files', [
      { ...hit, id: 1, file_id: '../x' },
      { ...hit, id: 2, file_name: '../../x' },
      { ...hit, id: 3, md5sum: 'x' },
      { ...hit, id: 4, file_size: -1 },
      { id: 5 },
    ]);
    const { files, refused } = await queryFiles(gdc, { projects: ['TCGA-BLCA'] });
    expect(files).toEqual([]);
    expect(refused.map(({ problem }) => problem)).toEqual([
      ...['its id is no UUID', 'its file name is refused: it has a path separator', 'its md5sum is no MD5'],
      ...['its file_size is no number of bytes', 'its id is no UUID'],
    ]);
  });
});

it('queryCases and queryClinical ask for cases of projects, with what belongs to them', async () => {
  serve('/cases', [{ id: uuid(1), submitter_id: 'TCGA-AA-0001' }]);
  expect((await queryCases(gdc, ['TCGA-BLCA'])).hits.length).toBe(1);
  expect((await queryClinical(gdc, ['TCGA-BLCA'])).hits.length).toBe(1);
  expect(questions()).toEqual([
    expect.objectContaining({ sort: 'case_id:asc', fields: expect.stringMatching(/^case_id,submitter_id,/) }),
    expect.objectContaining({ expand: 'project,demographic,diagnoses,diagnoses.treatments,follow_ups' }),
  ]);
  expect(questions()[0]).toHaveProperty('filters.content.field', 'project.project_id');
});

describe('filters', () => {
  it('are the nodes that the GDC documents', () => {
    expect(
      anyOf(
        allOf(compareField('file_size', '<', 5), isMissing('md5sum'), isPresent('state')),
        isNoneOf('cases.diagnoses.morphology', ['8500/3'], 'any'),
        isNoneOf('cases.diagnoses.morphology', ['8500/3'], 'all'),
        fieldMatches('file_name', '*.svs'),
      ),
    ).toEqual({
      op: 'or',
      content: [
        {
          op: 'and',
          content: [
            { op: '<', content: { field: 'file_size', value: 5 } },
            { op: 'is', content: { field: 'md5sum', value: 'MISSING' } },
            { op: 'not', content: { field: 'state', value: 'MISSING' } },
          ],
        },
        { op: 'excludeifany', content: { field: 'cases.diagnoses.morphology', value: ['8500/3'] } },
        { op: 'exclude', content: { field: 'cases.diagnoses.morphology', value: ['8500/3'] } },
        { op: '=', content: { field: 'file_name', value: '*.svs' } },
      ],
    });
  });

  it.each([
    [() => isOneOf('x', []), /x has no values; expected at least one/],
    [() => allOf(), /allOf has no values/],
    [() => compareField('x', '=', 'a*'), /\* stands for any characters here; use fieldMatches\(\)/],
    [() => compareField('x', '=', NaN), /NaN is no value/],
    [() => compareField('a b', '=', 1), /"a b" is no field/],
  ])('refuse %s', (build, words) => {
    expect(build).toThrow(words);
  });
});
