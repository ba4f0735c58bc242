// Loads the extension from a folder and activates it, once, where VS Code is played by something that answers whatever it is
// asked, and prints what that took of the processor, in milliseconds.
//   node activationAlone.cjs <folder of the bundles> <an empty folder>
const Module = require('node:module');
const path = require('node:path');
// VS Code has loaded these long before.
require('node:crypto');
require('node:fs/promises');

const [bundles, storage] = process.argv.slice(2);
const anything = new Proxy(function anything() {}, {
  get: (target, name) => {
    if (name === 'then') return undefined;
    if (name === 'textDocuments') return [];
    if (name === Symbol.toPrimitive) return () => '';
    return name === 'prototype' ? target.prototype : anything;
  },
  apply: () => anything,
  construct: () => anything,
});
const loadModule = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? anything : loadModule(request, ...rest));

const uri = { fsPath: storage, scheme: 'file', path: storage };
const context = {
  subscriptions: [],
  globalStorageUri: uri,
  extensionUri: uri,
  extension: { packageJSON: require('../../package.json') },
  secrets: anything,
  globalState: anything,
  workspaceState: anything,
};
const before = process.cpuUsage();
require(path.join(bundles, 'extension.js')).activate(context);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
process.exit();
