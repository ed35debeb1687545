import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTable } from '@concord/data';
import { concordance, SurvivalError } from '@concord/survival';
import { requireResultFile, type ResultFile, type Role } from './studySchema.js';

/** Risks of the cases of one cohort by one trained model. */
export interface Judged {
  readonly cohort: string;
  readonly role: Role;
  readonly caseIds: readonly string[];
  readonly times: readonly number[];
  readonly events: readonly boolean[];
  readonly risks: readonly number[];
  /** Harrell's C; null where there is none. */
  readonly cindex: number | null;
  /** Why there is no C. */
  readonly reason?: string;
}

/** One epoch of a training run. */
export interface Epoch {
  readonly epoch: number;
  readonly loss: number;
  readonly validationLoss?: number;
  readonly validationCindex?: number;
}

/** A cell that is done and sound. */
export interface Cell extends Omit<ResultFile, 'targets' | 'schema' | 'hash'> {
  /** Relative to the study folder. */
  readonly path: string;
  readonly judged: readonly Judged[];
  readonly curve: readonly Epoch[];
  /** Absolute path of embeddings.csv, where there is one. */
  readonly embeddings?: string;
}

/**
 * Read a cell whose result.json is there, and hold its files against each other.
 *
 * @throws Error saying which file is wrong, and how.
 */
export function readCell(root: string, path: string): Cell {
  const folder = join(root, path);
  const result = attempt('result.json', () =>
    requireResultFile(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))),
  );
  requirePlace(path, result);
  attempt('config.json', () => requireHash(join(folder, 'config.json'), result.hash));
  const judged = readRisks(join(folder, 'risks.csv'), result);
  const embeddings = join(folder, 'embeddings.csv');
  const { schema: _schema, hash: _hash, targets: _targets, ...facts } = result;
  return {
    ...facts,
    path,
    judged,
    curve: attempt('metrics.csv', () => readCurve(join(folder, 'metrics.csv'))),
    ...(existsSync(embeddings) && { embeddings }),
  };
}

/** Where a cell lies in the study. */
export function cellPath({
  backbone,
  module,
  source,
  seed,
  fold,
  stack,
}: Pick<ResultFile, 'backbone' | 'module' | 'source' | 'seed' | 'fold' | 'stack'>): string {
  return `cells/${backbone}/${module}/${source}/seed${seed}-fold${fold}${stack === 'torch' ? '-torch' : ''}`;
}

function attempt<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

function requirePlace(path: string, result: ResultFile): void {
  const place = cellPath(result);
  if (place !== path) throw new Error(`result.json: it is the result of ${place}; was the folder renamed?`);
}

/** The hash is that of the file, or of its content written compactly with sorted keys. */
function requireHash(path: string, hash: string): void {
  const text = readFileSync(path, 'utf8');
  const digests = [text, canonical(JSON.parse(text))].map((form) =>
    createHash('sha256').update(form).digest('hex'),
  );
  if (!digests.includes(hash)) {
    throw new Error(`its SHA-256 is ${digests[1]!.slice(0, 12)}…, result.json is of ${hash.slice(0, 12)}…`);
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`;
}

function readRisks(path: string, result: ResultFile): Judged[] {
  const rows = attempt('risks.csv', () => {
    const table = readTable(path);
    const [cohorts, roles, cases] = ['cohort', 'role', 'case'].map((name) => table.column(name));
    const [months, events, risks] = ['months', 'event', 'risk'].map((name) => table.column(name));
    return cohorts!.map((cohort, i) => {
      const [time, risk] = [number(months![i]!), number(risks![i]!)];
      if (!(time >= 0 && time < Infinity)) throw new Error(`${table.where(i)}: months is ${months![i]}`);
      if (!Number.isFinite(risk)) throw new Error(`${table.where(i)}: risk is ${risks![i]}`);
      if (!/^[01]$/.test(events![i]!)) {
        throw new Error(`${table.where(i)}: event is ${events![i]}; expected 1 (observed) or 0`);
      }
      return { cohort, role: roles![i]!, caseId: cases![i]!, time, event: events![i] === '1', risk };
    });
  });
  const known = new Set(result.targets.map(({ cohort, role }) => `${role} ${cohort}`));
  const stray = rows.find(({ cohort, role }) => !known.has(`${role} ${cohort}`));
  if (stray) throw new Error(`risks.csv: result.json knows no ${stray.role} ${stray.cohort}`);
  return result.targets.map((target) => {
    const { cohort, role } = target;
    const own = rows.filter((row) => row.cohort === cohort && row.role === role);
    const judged = {
      cohort,
      role,
      caseIds: own.map(({ caseId }) => caseId),
      times: own.map(({ time }) => time),
      events: own.map(({ event }) => event),
      risks: own.map(({ risk }) => risk),
    };
    return { ...judged, ...agreed(judged, target) };
  });
}

/** C of the risks, which has to be what the result says. */
function agreed(
  one: Omit<Judged, 'cindex' | 'reason'>,
  target: ResultFile['targets'][number],
): Pick<Judged, 'cindex' | 'reason'> {
  const where = `risks.csv: ${one.role} ${one.cohort}`;
  const events = one.events.filter(Boolean).length;
  if (one.caseIds.length !== target.cases || events !== target.events) {
    const said = `${target.cases} and ${target.events}`;
    throw new Error(
      `${where} has ${one.caseIds.length} cases and ${events} events, result.json says ${said}`,
    );
  }
  if (new Set(one.caseIds).size < one.caseIds.length) throw new Error(`${where} names a case twice`);
  let cindex: number;
  try {
    cindex = concordance(one, one.risks).c;
  } catch (error) {
    if (!(error instanceof SurvivalError)) throw error;
    return { cindex: null, reason: error.message };
  }
  if (target.cindex === null || Math.abs(cindex - target.cindex) > 1e-9) {
    throw new Error(`${where} has a C-index of ${cindex}, result.json says ${target.cindex}`);
  }
  return { cindex };
}

function readCurve(path: string): Epoch[] {
  if (!existsSync(path) || readFileSync(path, 'utf8').trim().split('\n').length < 2) return [];
  const table = readTable(path);
  const optional = (name: string) => (table.has(name) ? table.column(name) : []);
  const [epochs, losses] = [table.column('epoch'), table.column('loss')];
  const [validationLosses, validationCs] = [optional('validationLoss'), optional('validationCindex')];
  return epochs.map((epoch, i) => {
    const [validationLoss, validationCindex] = [number(validationLosses[i]), number(validationCs[i])];
    return {
      epoch: number(epoch),
      loss: number(losses[i]),
      ...(Number.isFinite(validationLoss) && { validationLoss }),
      ...(Number.isFinite(validationCindex) && { validationCindex }),
    };
  });
}

function number(cell = ''): number {
  return cell.trim() === '' ? NaN : Number(cell);
}
