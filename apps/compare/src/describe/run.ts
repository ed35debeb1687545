import { initBackend } from '@concord/nn';
import type { RunDescribe } from '../commands/describe.js';
import { describeBackbone, type BackboneDescription } from './describeBackbone.js';
import { describeAsMermaid } from './mermaid.js';
import { describeAsPage } from './page.js';
import { describeAsTable } from './table.js';

/** Version of the form in which descriptions are written as JSON. */
export const DESCRIBE_SCHEMA = 'concord-describe/1';

/** Describe backbones, one after the other. */
export const runDescribe: RunDescribe = async ({ backbones, cwd, format }) => {
  await initBackend();
  const descriptions: BackboneDescription[] = [];
  for (const name of backbones) descriptions.push(await describeBackbone(cwd, name));
  switch (format) {
    case 'json':
      return `${JSON.stringify({ schema: DESCRIBE_SCHEMA, backbones: descriptions }, null, 2)}\n`;
    case 'page':
      return describeAsPage(descriptions);
    case 'mermaid':
      return `${descriptions.map(describeAsMermaid).join('\n\n')}\n`;
    case 'table':
      return `${descriptions.map((one) => `${one.name}: ${one.title}\n\n${describeAsTable(one)}`).join('\n\n')}\n`;
  }
};
