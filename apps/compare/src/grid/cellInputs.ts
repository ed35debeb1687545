import { SURVPATH_PROTOCOL, type Protocol } from '@concord/backbone';
import { findBackbone, loadBackbone } from '../backbones/discover.js';
import { isPeer } from '../crosscancer/gridOptions.js';
import { cellConfig, hashOf, type CellSpec } from '../train/cellSpec.js';
import { changedProtocol } from '../train/openModel.js';
import type { StudyCohort } from '../train/studyCohort.js';
import { CodeDigests, type CellCode } from './codeDigests.js';

/** Version of the form of a cell's inputs. */
export const INPUTS_SCHEMA = 'concord.cell-inputs/1';

/** Everything that determines a cell's result. */
export interface CellInputs {
  readonly schema: typeof INPUTS_SCHEMA;
  /** Options, seeds, protocol, digests of the data: `config.json` of its folder. */
  readonly config: object;
  readonly code: CellCode;
}

/** SHA-256 of them. */
export function inputsHash(inputs: CellInputs): string {
  return hashOf(inputs);
}

/** Says what determines a cell, for the cohorts and the code that are here. */
export class InputsOfCells {
  private readonly protocols = new Map<string, Promise<Protocol>>();
  private readonly code: CodeDigests;

  constructor(
    private readonly cwd: string,
    private readonly cohorts: readonly StudyCohort[],
  ) {
    this.code = new CodeDigests(cwd);
  }

  /** @throws BackboneError if there is no such backbone. */
  async of(spec: CellSpec): Promise<CellInputs> {
    const protocol = isPeer(spec.backbone)
      ? undefined
      : changedProtocol(await this.protocol(spec.backbone), spec.training.changes);
    const config = cellConfig(spec, this.cohorts, protocol);
    return { schema: INPUTS_SCHEMA, config, code: await this.code.of(spec) };
  }

  private protocol(name: string): Promise<Protocol> {
    const known = this.protocols.get(name);
    if (known) return known;
    const loading = loadBackbone(findBackbone(this.cwd, name)).then(
      ({ protocol = SURVPATH_PROTOCOL }) => protocol,
    );
    this.protocols.set(name, loading);
    return loading;
  }
}
