import Table from 'cli-table3';
import type { createColors } from 'picocolors';
import { formatCount, formatError, formatIndex, formatPlural, formatRatio, formatSubject } from './format.js';
import type { ParityReport, ParityRow, Stage, Subject, SubjectVerdict } from './report.js';
import { byComputation, firstDivergence, rowsOf, stagesOf, worst } from './summary.js';

export type Colors = ReturnType<typeof createColors>;

/** What is left on the screen after a run: a table, where the stacks part, the last word and the files. */
export function renderTerminal(
  report: ParityReport,
  files: Readonly<Record<string, string>>,
  colors: Colors,
): string {
  const parts = [verdictTable(report, colors), partingOf(report, colors), lastWord(report, colors)];
  const width = Math.max(...Object.keys(files).map((name) => name.length));
  const paths = Object.entries(files).map(([name, path]) => `${colors.dim(name.padEnd(width))}  ${path}`);
  return `${[...parts.filter((part) => part !== ''), paths.join('\n')].join('\n\n').trimEnd()}\n`;
}

/** One row for each subject: the worst ratio of each stage. */
function verdictTable({ verdicts, subjects }: ParityReport, colors: Colors): string {
  const stages = stagesOf(subjects);
  const table = new Table({
    head: ['worst ratio', ...stages, ''].map((text) => colors.dim(text)),
    colAligns: ['left', ...stages.map(() => 'right' as const), 'left'],
    style: { head: [], border: [], compact: true },
    chars: BORDERLESS,
  });
  for (const verdict of verdicts) table.push(tableRow(verdict, rowsOf(verdict, subjects), stages, colors));
  const notCompared = verdicts.filter((verdict) => verdict.status === 'not compared');
  const reasons = notCompared.map((verdict) => colors.dim(`${formatSubject(verdict)}: ${verdict.reason}`));
  return [table.toString().replace(/ +$/gm, ''), ...reasons].join('\n');
}

function tableRow(
  verdict: SubjectVerdict,
  rows: readonly ParityRow[],
  stages: readonly Stage[],
  colors: Colors,
) {
  const cells = stages.map((stage) => {
    const here = rows.filter((row) => row.stage === stage);
    if (here.length === 0) return colors.dim('–');
    const text = formatRatio(worst(here));
    return here.every((row) => row.pass) ? text : colors.red(text);
  });
  return [formatSubject(verdict), ...cells, wordOf(verdict.status, colors)];
}

function wordOf(status: SubjectVerdict['status'], colors: Colors): string {
  if (status === 'same') return colors.green('same');
  return status === 'differs' ? colors.red('differs') : colors.yellow('not compared');
}

/** The first quantity beyond its limit, with its neighbours in the order of computation. */
function partingOf(report: ParityReport, colors: Colors): string {
  const first = report.summary.firstDivergence;
  if (!first) return '';
  const ordered = rowsOf(first, report.subjects)
    .filter((row) => row.stage === first.stage)
    .sort(byComputation);
  const at = ordered.indexOf(firstDivergence(ordered)!);
  const shown = ordered.slice(Math.max(0, at - 2), at + 2);
  const width = Math.max(...shown.map((row) => row.quantity.length));
  const lines = shown.map((row) => {
    const numbers = `error ${formatError(row.errorTs)}   limit ${row.kind === 'exact' ? 'exact' : formatError(row.limit)}`;
    const where = row.at && !row.pass ? `   at ${formatIndex(row.at)}` : '';
    const line = `  ${row.quantity.padEnd(width)}   ${numbers}${where}`;
    return row === ordered[at] ? colors.red(`${line}   ← first difference`) : line;
  });
  const reason = ordered[at]!.reason;
  return [colors.bold(heading(first, report)), ...lines, ...(reason ? [`  ${colors.dim(reason)}`] : [])].join(
    '\n',
  );
}

function heading(
  subject: Subject & { stage: Stage },
  { data, tape, environment: env }: ParityReport,
): string {
  const { torch, tfjs } = env;
  const facts = [`${data.cohort}`, formatPlural(data.cases, 'case'), `seed ${tape.seed}`, 'float32'];
  return [formatSubject(subject), subject.stage, ...facts, `torch ${torch} | tfjs ${tfjs}`].join(' · ');
}

function lastWord({ summary, settings, verdicts }: ParityReport, colors: Colors): string {
  const all = formatCount(summary.passed + summary.failed);
  const left =
    summary.notCompared > 0 ? `; ${formatPlural(summary.notCompared, 'subject')} not compared` : '';
  const ratio = `worst ratio ${formatRatio(summary.worstRatio)}, limit ${settings.factor}`;
  if (summary.status === 'same') {
    const compared = formatPlural(verdicts.length - summary.notCompared, 'subject');
    return `${colors.green(colors.bold('SAME'))}  ${all} quantities of ${compared} agree (${ratio})${left}`;
  }
  if (summary.status === 'differs') {
    return `${colors.red(colors.bold('DIFFERS'))}  ${formatCount(summary.failed)} of ${all} quantities (${ratio})${left}`;
  }
  const reason = verdicts.find((verdict) => verdict.reason)?.reason ?? 'there was no subject';
  return `${colors.yellow(colors.bold('NOT COMPARED'))}  ${reason}`;
}

const BORDERLESS = {
  ...{
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
  },
  ...{
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: ' ',
  },
};
