import type { Backbone } from '@concord/backbone';
import type { Finding, Subject } from './report.js';

/** What had to be set right around a published class before it ran here: one finding for each line. */
export function helpFindings(subject: Subject, { published }: Backbone): Finding[] {
  if (!published) return [];
  const { repository, commit, helped = [] } = published;
  return helped.map(({ file, line, detail }) => ({
    subject,
    kind: 'published-helped',
    title: 'The published class does not run as it stands',
    detail: `Line ${line} ${detail}. The file itself was not changed.`,
    source: `${repository}@${commit}, ${file}, line ${line}`,
  }));
}
