import { fromStateDict, parameterCount, StateDictError, type InputShape } from '@concord/backbone';
import { readSurvpathCohort } from '@concord/data';
import { configureBackbone } from '../backbones/configure.js';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import { publishedShape } from '../backbones/publishedShape.js';
import { smallInput } from '../backbones/smallInput.js';
import type { RunWeights } from '../commands/weights.js';
import { readWeights } from './readWeights.js';
import { writeWeights } from './writeWeights.js';

/** Read, convert and check files of weights. */
export const runWeights: RunWeights = {
  async convert(from, to) {
    const state = await readWeights(from);
    await writeWeights(to, state);
    return `${Object.keys(state).length} tensors, float32 → ${to}\n`;
  },

  async check(file, { backbone, cwd, preset, dataDir, cohort }) {
    const state = await readWeights(file);
    const found = findBackbone(cwd, backbone);
    const declared = await loadBackbone(found);
    const shape = dataDir ? tableShape(dataDir, cohort) : presetShape();
    const { config } = configureBackbone(found, declared, shape);
    const shapes = declared.weightShapes(config);
    try {
      fromStateDict(state, shapes, declared.ragged?.(config));
    } catch (error) {
      if (!(error instanceof StateDictError)) throw error;
      return { fits: false, text: `DOES NOT FIT ${backbone}: ${error.message}\n` };
    }
    const count = parameterCount(shapes).toLocaleString('en-US');
    return {
      fits: true,
      text: `FITS ${backbone}: ${Object.keys(state).length} tensors, ${count} parameters\n`,
    };

    function presetShape(): InputShape {
      return preset === 'small' ? smallInput(declared.published).shape : publishedShape(declared.published);
    }

    function tableShape(folder: string, name: string): InputShape {
      const { pathways } = readSurvpathCohort(folder, name);
      return { ...publishedShape(declared.published), pathways: pathways.map(({ genes }) => genes) };
    }
  },
};
