import path from 'node:path';

/** The project's root, and where the hosts keep what they download and what they produce. Both folders are ignored by git. */
export const root = path.resolve(__dirname, '../..');
export const cacheDirectory = path.join(root, '.vscode-test');
export const outDirectory = path.join(root, 'out');
