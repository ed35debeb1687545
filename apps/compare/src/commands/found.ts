import * as data from '@concord/data';
import * as modules from '@concord/modules';
import type { CohortFound, Inventory } from './inventory.js';
import { findWitnesses } from './witnesses.js';

const { moduleVariants = {} } = modules as { moduleVariants?: Record<string, unknown> };
const { listCohorts = () => [] } = data as { listCohorts?: (dataDir?: string) => CohortFound[] };

/** What the packages of this workspace offer. */
export const inventory: Inventory = {
  backbones: ['survpath'],
  modules: Object.keys(moduleVariants),
  cohorts: async (dataDir) => listCohorts(dataDir),
  witnesses: findWitnesses,
};
