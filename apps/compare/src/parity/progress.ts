import type { Ora } from 'ora';
import { formatRatio, formatSubject } from './format.js';
import type { SubjectVerdict } from './report.js';
import type { ProgressSink } from './types.js';

/** Where progress is written: standard error, so that standard output stays clean. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** A sink that hears everything and says nothing. */
export const silentProgress: ProgressSink = { start() {}, stage() {}, done() {}, note() {} };

/** One line for each subject begun and done; stages are left out, a log has no use for them. */
export function plainProgress(stream: ProgressStream): ProgressSink {
  let begun = 0;
  return {
    start: (subject, total) => stream.write(`[${++begun}/${total}] ${subject}\n`),
    stage: () => {},
    done: (verdict) => stream.write(`${'  '}${sentenceOf(verdict)}\n`),
    note: (text) => stream.write(`note: ${text}\n`),
  };
}

/** A spinner that names subject and stage, and leaves one line for each subject. */
export function liveProgress(spinner: Ora): ProgressSink {
  let begun = 0;
  let subject = '';
  return {
    start(name, total) {
      subject = `[${++begun}/${total}] ${name}`;
      spinner.start(subject);
    },
    stage(text) {
      spinner.text = `${subject} · ${text}`;
    },
    done(verdict) {
      const line = `${formatSubject(verdict)} · ${sentenceOf(verdict)}`;
      if (verdict.status === 'same') spinner.succeed(line);
      else if (verdict.status === 'differs') spinner.fail(line);
      else spinner.warn(line);
    },
    note(text) {
      const going = spinner.isSpinning;
      spinner.info(text);
      if (going) spinner.start(subject);
    },
  };
}

function sentenceOf({ status, worstRatio, reason, seconds, failed, passed }: SubjectVerdict): string {
  if (status === 'not compared') return `not compared: ${reason}`;
  const counted =
    status === 'same' ? `${passed} quantities agree` : `${failed} of ${passed + failed} quantities differ`;
  const time = seconds === undefined ? '' : `, ${seconds.toFixed(1)} s`;
  return `${counted}, worst ratio ${formatRatio(worstRatio)}${time}`;
}
