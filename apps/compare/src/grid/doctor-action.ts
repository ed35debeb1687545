import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startPython } from '@concord/baselines';
import type { CommandContext, ExitCode } from '../commands/context.js';
import type { GridDoctorFlags } from '../commands/grid.js';
import { listed, syntheticOptions } from '../commands/trainFlags.js';
import { writeAtomic } from '../files/write-atomic.js';
import { askedOf } from './askedOf.js';
import { cellsOfStudy } from './gridStatus.js';
import { jobLine, settingsLine } from './rayDriver.js';
import { cellJob, cellSettings } from './rayEngine.js';
import { sentData } from './sentData.js';

/** What a node says of itself. */
interface NodeFound {
  readonly node: string;
  readonly cpus: number;
  readonly gpus: number;
  readonly memoryGiB: number;
  readonly python?: string;
  readonly nodejs?: string;
  readonly concord?: string;
  readonly diskGiB?: number;
  readonly resultsGiB?: number;
  readonly problem?: string;
}

type DoctorEvent =
  | ({ readonly event: 'node' } & NodeFound)
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'refused'; readonly reason: string };

/** Ask the nodes of a cluster whether they could run a grid. @throws Error if nobody could be asked. */
export async function doctorGridCommand(
  file: string,
  { address, store, json }: GridDoctorFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const study = askedOf(context.cwd, file);
  const [first] = await cellsOfStudy(study, context);
  const { flags, cwd } = study.asked[0]!;
  const folder = study.folder.study;
  // Nodes know a study's folder by its file; where no grid has been run yet, an empty one shows whether they see it.
  if (!existsSync(join(folder, 'study.json'))) writeAtomic(join(folder, '.grid', 'seen'), '');
  const setting = {
    ...{ cohorts: listed(flags.cohort), cwd, synthetic: syntheticOptions(flags), folder, keep: false },
    embeddingSeed: 0,
  };
  const run = { setting, limits: {}, retries: 0 };
  const options = {
    ...{ cpusPerRun: 0, gpusPerRun: 0 },
    ...(address !== undefined && { address }),
    ...(store !== undefined && { store }),
  };
  const sent = store === undefined ? undefined : await sentData(setting);
  const nodes = await asked(
    [
      settingsLine(cellSettings(run, options, sent)),
      jobLine(cellJob(0, first!, run, { check: true, ...(sent && { sent }) })),
    ],
    (text) => void context.err.write(`${text}\n`),
  );
  await context.out(json ? `${JSON.stringify(nodes, null, 2)}\n` : nodes.map(told).join(''));
  return nodes.every(({ problem }) => problem === undefined) ? 0 : 2;
}

async function asked(lines: readonly string[], note: (text: string) => void): Promise<NodeFound[]> {
  const driver = startPython(['-m', 'concord_bridge.grid', 'doctor']);
  let said = '';
  driver.stderr.on('data', (chunk: Buffer) => (said = (said + String(chunk)).slice(-1000)));
  driver.stdin.end(lines.join(''));
  const nodes: NodeFound[] = [];
  for await (const line of createInterface({ input: driver.stdout })) {
    const event = JSON.parse(line) as DoctorEvent;
    if (event.event === 'refused') throw new Error(event.reason);
    if (event.event === 'note') {
      note(event.text);
      continue;
    }
    const { event: _, ...node } = event;
    nodes.push(node);
  }
  if (nodes.length === 0) throw new Error(`no node answered: ${said.trim()}`);
  return nodes;
}

function told(found: NodeFound): string {
  const { node, cpus, gpus, memoryGiB, python, nodejs, concord, diskGiB, resultsGiB, problem } = found;
  const has = [
    `${cpus} processors`,
    ...(gpus > 0 ? [`${gpus} cards`] : []),
    `${memoryGiB} GiB of memory`,
    ...(diskGiB === undefined ? [] : [`${diskGiB} GiB free for work`]),
    ...(resultsGiB === undefined ? [] : [`${resultsGiB} GiB for results`]),
    ...(python === undefined ? [] : [`Python ${python}`]),
    ...(nodejs === undefined ? [] : [`Node.js ${nodejs}`]),
    ...(concord === undefined ? [] : [`code ${concord} and data as here`]),
  ];
  return `${problem === undefined ? 'ready ' : 'lacks '} ${node}: ${problem ?? has.join(', ')}\n`;
}
