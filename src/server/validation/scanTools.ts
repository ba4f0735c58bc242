import { fileStates, LineChecker } from '../../dialects';
import { KnownFaults } from './knownFaults';
import { LineProver } from './prover/lineProver';
import type { ScanSettings } from './protocol';

/** Lines up to this can be proved. The service takes 20 MB inline; memory that no line needs is never touched. */
const windowBytes = 24 << 20;

/** What the scans of one thread share. One scan at a time: they also share the window. */
export class ScanTools {
  readonly prover: LineProver;
  readonly known = new KnownFaults();
  readonly checker: LineChecker | undefined;

  constructor(readonly settings: ScanSettings) {
    const { kind, rules, files } = settings;
    const fileState = files && fileStates(files, Date.now);
    this.checker =
      kind === undefined ? undefined : new LineChecker({ kind, rules, ...(fileState && { fileState }) });
    this.prover = new LineProver(settings, windowBytes);
  }
}
