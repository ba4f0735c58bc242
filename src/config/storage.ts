import path from 'node:path';

/** What lies where below the extension's global storage, which all windows of this machine share. */
export function storageLayout(globalStorage: string) {
  return {
    /** Records of jobs and submissions. */
    ledger: path.join(globalStorage, 'ledger'),
    /** The sandbox's address and data. */
    sandbox: path.join(globalStorage, 'sandbox'),
    /** Sample request files. */
    samples: path.join(globalStorage, 'samples'),
  };
}
