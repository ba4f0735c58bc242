// The validator's worker thread straight from its source, for tests that have no bundle.
require('tsx/cjs');
require('../../src/server/validatorWorker.ts');
