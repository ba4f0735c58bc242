import assert from 'node:assert/strict';
import { sampleText } from '../../../../src/commands/files/sample';
import { requestOfLine } from '../../../../src/commands/submission/tryRequest';

describe('the sample', () => {
  it('has a key and a request on each line', () => {
    const lines = sampleText.trimEnd().split('\n');
    assert.equal(lines.length, 5);
    for (const line of lines) assert.equal(requestOfLine(line)?.dialect, 'gemini');
  });
});
