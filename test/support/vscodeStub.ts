import Module from 'node:module';
import path from 'node:path';

/**
 * Lets unit tests load files that import `vscode` without a VS Code: the module resolves to fakeVscode.ts, which holds values
 * only (no windows, no files). What shows something to a person is injected in the product, so tests need no more than that.
 */
type Resolve = (request: string, ...rest: unknown[]) => string;
const loader = Module as unknown as { _resolveFilename: Resolve };
const original = loader._resolveFilename;
loader._resolveFilename = function resolve(request, ...rest) {
  if (request === 'vscode') return path.join(__dirname, 'fakeVscode.ts');
  return original.call(this, request, ...rest);
};
