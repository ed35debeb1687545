import type { Backbone } from '@concord/backbone';
import type { Finding, Subject } from './report.js';

/** That a published class was not run as it stands: it moves tensors to CUDA without asking whether there is one. */
export function cudaFindings(subject: Subject, { published }: Backbone): Finding[] {
  if (!published?.cudaLines) return [];
  const { repository, commit, file, cudaLines } = published;
  return [
    {
      subject,
      kind: 'published-needs-cuda',
      title: 'The published class moves tensors to CUDA, and was run here without',
      detail: `Its \`.cuda()\` was the identity while it ran; nothing else of it was changed (${cudaLines.length} calls).`,
      source: `${repository}@${commit}, ${file}, lines ${cudaLines.join(', ')}`,
    },
  ];
}
