import { listCohorts } from '@concord/data';
import { moduleVariants } from '@concord/modules';
import { discoverBackbones } from '../backbones/discover.js';
import type { Inventory } from './inventory.js';
import { findWitnesses } from './witnesses.js';

/** What the packages of this workspace offer. */
export const inventory: Inventory = {
  backbones: (cwd) => discoverBackbones(cwd).map(({ name }) => name),
  modules: Object.keys(moduleVariants),
  cohorts: async (dataDir) => listCohorts(dataDir),
  witnesses: findWitnesses,
};
