import type { Backbone } from '@concord/backbone';
import type { Finding, Subject } from './report.js';

/** Where the published class, run as a witness, needed something to be set right around it. */
export function helpedFindings(subject: Subject, { published }: Backbone): Finding[] {
  const { repository, commit, helped = [] } = published ?? {};
  return helped.map(({ file, line, detail }) => ({
    subject,
    kind: 'published-helped',
    title: `The published class of ${subject.backbone} does not run everywhere as it is`,
    detail: `${file}, line ${line}: ${detail}.`,
    source: `${repository}@${commit}, ${file}, line ${line}`,
  }));
}
