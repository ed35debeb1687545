import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localClaims } from './claimEngine.js';
import { descendants, hasRay } from '../grid/grid.testing.js';
import { newClaim } from './newClaim.js';
import type { AuditOptions } from './options.js';
import type { AuditReport } from './report.js';
import { rayClaims } from './rayClaims.js';
import { runAudit } from './run.js';

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'concord-audit-'))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const silent = () => {};

function audit(options: Partial<AuditOptions>): Promise<AuditReport> {
  return runAudit(
    {
      ...{
        papers: [],
        changed: false,
        engine: localClaims(2),
        limitSeconds: 120,
        record: false,
        command: 'concord audit',
      },
      signal: new AbortController().signal,
      ...options,
    },
    silent,
  );
}

/** A claim about a checkout `Code` that holds `answer.py`. */
function writeClaim(name: string, check: string, fields: Record<string, string> = {}): void {
  const stated = {
    ...{ sentence: '"The answer is 42."', kind: '"code"', source: '"somebody/code"', recorded: '"holds"' },
    ...{ meaning: '"Nothing else."', reads: '("Code/answer.py",)' },
    ...fields,
  };
  const lines = Object.entries(stated).map(([field, value]) => `    ${field}=${value},`);
  const head = [
    'import os, time',
    'from concord_bridge.audit.claim import Claim',
    'from concord_bridge.audit.evidence import cannot, decide, fails, holds, number',
  ];
  const text = [...head, 'CLAIM = Claim(', ...lines, ')', 'def check(at):', `    ${check}`, ''].join('\n');
  mkdirSync(join(home, 'claims', 'paper'), { recursive: true });
  writeFileSync(join(home, 'claims', 'paper', `${name}.py`), text);
}

/** A repository with one file, and the description of a paper that pins its commit. */
async function writeCode(): Promise<void> {
  const root = join(home, 'code', 'Code');
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'answer.py'), 'ANSWER = 42\n');
  const git = (...args: string[]) =>
    execa('git', ['-C', root, '-c', 'user.name=n', '-c', 'user.email=e', ...args]);
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-qm', 'one');
  const { stdout } = await git('rev-parse', '--short', 'HEAD');
  const checkouts = [{ name: 'Code', source: 'somebody/code', commit: stdout }];
  mkdirSync(join(home, 'claims', 'paper'), { recursive: true });
  const paper = { title: 'A paper', introduction: 'It says 42.', checkouts };
  writeFileSync(join(home, 'claims', 'paper', 'paper.json'), JSON.stringify(paper));
}

const RIGHT = 'return decide(at.load("Code/answer.py").ANSWER == 42, "it is", "it is not")';
const here = () => ({ claims: join(home, 'claims'), published: join(home, 'code') });

describe('an audit', { timeout: 240_000 }, () => {
  it('makes a crash, a hang, a failing import and an exception verdicts, and runs the rest', async () => {
    await writeCode();
    writeClaim('right', RIGHT);
    writeClaim('crash', 'os.abort()');
    writeClaim('leaves', 'os._exit(0)');
    writeClaim('hang', 'time.sleep(1000)');
    writeClaim('raises', 'raise KeyError("gene")');
    writeClaim('imports', 'import no_such_package');
    writeClaim('no_finding', 'return True');
    const { claims, problems, summary } = await audit({
      ...here(),
      limitSeconds: 20,
      engine: localClaims(4),
    });
    const of = (name: string) => claims.find(({ id }) => id === `paper/${name}`)!;
    expect(of('right')).toMatchObject({ verdict: 'holds', differs: false, basis: 'run' });
    const reasons = {
      crash: /signal SIGABRT/,
      leaves: /ended without a finding/,
      hang: /no end within 20 s/,
      raises: /KeyError: 'gene'/,
      imports: /ModuleNotFoundError: No module named 'no_such_package'/,
      'no-finding': /TypeError: check returned True/,
    };
    for (const [name, why] of Object.entries(reasons)) {
      expect(of(name)).toMatchObject({ verdict: 'cannot be tested here', stopped: true, differs: true });
      expect(of(name).why).toMatch(why);
    }
    expect(summary.differ).toBe(6);
    expect(problems).toEqual([]);
  });

  it('names broken claim files, a stranger among the checkouts and a file that is not there, and runs the rest', async () => {
    await writeCode();
    writeClaim('right', RIGHT);
    writeClaim('kind', RIGHT, { kind: '"rumour"' });
    writeClaim('stranger', RIGHT, { reads: '("Other/file.py",)' });
    writeClaim('missing', RIGHT, { reads: '("Code/gone.csv",)' });
    writeFileSync(join(home, 'claims', 'paper', 'syntax.py'), 'CLAIM = Claim(\n');
    writeFileSync(join(home, 'claims', 'paper', 'nothing.py'), 'import os\n');
    const { claims, problems } = await audit(here());
    expect(claims.map(({ id, basis, verdict }) => [id, basis, verdict])).toEqual([
      ['paper/missing', 'refused', 'cannot be tested here'],
      ['paper/right', 'run', 'holds'],
    ]);
    const said = problems.map(({ where, problem }) => `${where}: ${problem}`).join('\n');
    expect(said).toMatch(
      /paper\/kind: kind.py: kind is 'rumour'; expected one of code, data, protocol, result/,
    );
    expect(said).toMatch(/paper\/stranger: reads of Other, which paper\/paper.json does not list/);
    expect(said).toMatch(/paper\/syntax: syntax.py: '\(' was never closed/);
    expect(said).toMatch(/paper\/nothing: nothing.py: has no function check/);
    expect(said).toMatch(/paper\/missing: Code\/gone.csv is not in the checkout/);
  });

  it('refuses a changed checkout and another commit by name, and runs both where it is told to', async () => {
    await writeCode();
    writeClaim('right', RIGHT);
    writeFileSync(join(home, 'code', 'Code', 'answer.py'), 'ANSWER = 41\n');
    const changed = await audit(here());
    expect(changed.problems[0]!.problem).toMatch(
      /^differs from [0-9a-f]+ in answer.py\. Its claims were not run/,
    );
    expect(changed.claims[0]).toMatchObject({ basis: 'refused', differs: false });

    const told = await audit({ ...here(), changed: true });
    expect(told.problems).toEqual([]);
    expect(told.claims[0]).toMatchObject({ basis: 'run', verdict: 'fails', differs: true });

    const git = ['-C', join(home, 'code', 'Code'), '-c', 'user.name=n', '-c', 'user.email=e'];
    await execa('git', [...git, 'commit', '-qam', 'two']);
    const other = await audit(here());
    expect(other.problems[0]!.problem).toMatch(/^is at [0-9a-f]{7}; run git checkout/);
  });

  it('notices a check that changes its checkout', async () => {
    await writeCode();
    writeClaim('writes', 'at.path("Code/left.txt").write_text("x"); return holds("it is")');
    const { problems } = await audit(here());
    expect(problems).toEqual([
      { where: 'Code', problem: expect.stringMatching(/was changed while its claims ran/) },
    ]);
  });

  it('gives the recorded finding without a checkout, and says what it rests on', async () => {
    await writeCode();
    writeClaim(
      'right',
      'return decide(at.load("Code/answer.py").ANSWER == 42, "it is", "no", number("n", 42))',
    );
    await audit({ ...here(), record: true });
    const { claims, summary } = await audit({ claims: join(home, 'claims') });
    expect(claims[0]).toMatchObject({
      basis: 'recorded',
      verdict: 'holds',
      evidence: [{ name: 'n', number: 42 }],
    });
    expect(summary).toMatchObject({ ran: 0, recorded: 1, differ: 0 });
  });

  it('shows no place of this machine in the evidence', async () => {
    await writeCode();
    writeClaim('raises', 'raise ValueError(f"in {at.root(\'Code\')}/answer.py")');
    const { claims } = await audit(here());
    expect(JSON.stringify([claims[0]!.why, claims[0]!.evidence])).not.toContain(home);
  });

  it('runs a claim as it is scaffolded', async () => {
    newClaim('mine/first-claim', join(home, 'claims'));
    const { claims, problems } = await audit({ claims: join(home, 'claims') });
    expect(problems).toEqual([]);
    expect(claims[0]).toMatchObject({ id: 'mine/first-claim', basis: 'run', stopped: false, differs: false });
    expect(() => newClaim('mine/first-claim', join(home, 'claims'))).toThrow(/there is a claim of that name/);
    expect(() => newClaim('mine', join(home, 'claims'))).toThrow(/expected <paper>\/<claim>/);
  });
});

describe.skipIf(!hasRay)('an audit by Ray', { timeout: 240_000 }, () => {
  /** A report without what is another one each time. */
  function timeless({
    claims,
    date: _date,
    summary: { seconds: _seconds, ...summary },
    ...others
  }: AuditReport) {
    return { ...others, summary, claims: claims.map(({ seconds: _, ...claim }) => withoutThread(claim)) };
  }

  /** Python names the thread that crashed by its address. */
  function withoutThread<T>(claim: T): T {
    return JSON.parse(JSON.stringify(claim).replaceAll(/0x[0-9a-f]{16}/g, '0x')) as T;
  }

  it('gives the report that this machine gives', async () => {
    await writeCode();
    writeClaim('right', RIGHT);
    writeClaim('crash', 'os.abort()');
    writeClaim('leaves', 'os._exit(0)');
    writeClaim('hang', 'time.sleep(1000)');
    writeClaim('raises', 'raise KeyError("gene")');
    writeClaim('missing', RIGHT, { reads: '("Code/gone.csv",)' });
    const options = { ...here(), limitSeconds: 20 };
    const byRay = await audit({ ...options, engine: rayClaims({ jobs: 2 }) });
    expect(byRay.summary).toMatchObject({ ran: 5, refused: 1, differ: 4 });
    expect(timeless(byRay)).toEqual(timeless(await audit({ ...options, engine: localClaims(4) })));
  });

  it('refuses a claim whose check changes its checkout, by name', async () => {
    await writeCode();
    writeClaim('writes', 'at.path("Code/left.txt").write_text("x"); return holds("it is")');
    const { claims, problems } = await audit({ ...here(), engine: rayClaims({ jobs: 1 }) });
    expect(claims[0]).toMatchObject({ basis: 'refused', verdict: 'cannot be tested here' });
    expect(problems.map(({ where, problem }) => `${where}: ${problem}`)).toEqual([
      'paper/writes: Code was changed where its claims ran',
      expect.stringMatching(/^Code: was changed while its claims ran/),
    ]);
  });

  it('stops when it is told to, and leaves no check behind', async () => {
    await writeCode();
    const seconds = 100_000 + process.pid;
    const begun = join(home, 'begun');
    writeClaim(
      'hang',
      `import subprocess; subprocess.Popen(["touch", "${begun}"]).wait(); time.sleep(${seconds})`,
    );
    const stopping = new AbortController();
    const running = audit({
      ...here(),
      engine: rayClaims({ jobs: 1 }),
      limitSeconds: 1000,
      signal: stopping.signal,
    });
    const stopped = expect(running).rejects.toThrow('enough');
    while (!existsSync(begun)) await sleep(50);
    expect(descendants(process.pid).some(({ command }) => command.includes('concord_bridge.audit'))).toBe(
      true,
    );
    stopping.abort(new Error('enough'));
    await stopped;
    expect(
      descendants(process.pid).filter(({ command }) => command.includes('concord_bridge.audit')),
    ).toEqual([]);
  });
});

const published = process.env['CONCORD_PUBLISHED'];
const MODULE = 'MCCSDG/models/model_SurvPath(MCCSDG).py';

describe.skipIf(!published || !existsSync(join(published, MODULE)))(
  'a repaired copy of the published module',
  { timeout: 600_000 },
  () => {
    /** Copy the checkout and mend one file of it. */
    function mend(change: (text: string) => string): void {
      cpSync(join(published!, 'MCCSDG'), join(home, 'MCCSDG'), { recursive: true, dereference: true });
      const file = join(home, MODULE);
      const before = readFileSync(file, 'utf8');
      const after = change(before);
      expect(after).not.toBe(before);
      writeFileSync(file, after);
    }

    /** Claims of the paper whose verdict is not the recorded one. */
    async function flipped(): Promise<string[]> {
      const { claims } = await audit({ papers: ['mccsdg'], published: home, changed: true });
      return claims.filter(({ differs }) => differs).map(({ id, verdict }) => `${id} ${verdict}`);
    }

    it('flips the claims about unequal bags and any backbone when the partner index has its own length', async () => {
      // An index of the bag's own length, drawn with repetition: whatever stood between the brackets before.
      mend((text) =>
        text.replace(/idx([12]) % N([12])/g, (_, partner: string, own: string) => {
          return `torch.randint(N${partner}, (N${own},))`;
        }),
      );
      expect(await flipped()).toEqual(['mccsdg/any-backbone holds', 'mccsdg/unequal-bags holds']);
    });

    it('flips the claim about the training step when the batch axis is kept around the module', async () => {
      mend((text) =>
        text.replace(/self\.MCCSDG\((\w+), (\w+)\)/, (_, weak: string, strong: string) => {
          return `(bag[0] for bag in self.MCCSDG(${weak}[None], ${strong}[None]))`;
        }),
      );
      expect(await flipped()).toEqual(['mccsdg/two-axes holds']);
    });

    it('flips the claim about printing alone when the mode has a value', async () => {
      mend((text) =>
        text.replace(/^( +)self\._enabled = True$/m, (line, pad: string) => `${line}\n${pad}self._mode = ''`),
      );
      expect(await flipped()).toEqual(['mccsdg/printing holds']);
    });
  },
);
