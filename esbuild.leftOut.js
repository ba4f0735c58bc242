// What stays out of the bundles although a package would bring it, because nothing of ours can get to it. esbuild drops what is
// not imported; here it is about modules that packages load whether anybody uses them or not. A module that is not there any
// more after an upgrade fails the build; test/unit/frame/leftOut.test.ts holds each reason given here.
const fs = require('node:fs');
const { pathToFileURL } = require('node:url');
const zlib = require('node:zlib');

/**
 * Features of the protocol that our language server does not announce: module of `vscode-languageclient/lib/common` -> its
 * features. Each is replaced by one that tells the server that the client cannot do it.
 */
const clientFeatures = {
  callHierarchy: ['CallHierarchyFeature'],
  codeLens: ['CodeLensFeature'],
  colorProvider: ['ColorProviderFeature'],
  declaration: ['DeclarationFeature'],
  diagnostic: ['DiagnosticFeature'],
  documentHighlight: ['DocumentHighlightFeature'],
  documentLink: ['DocumentLinkFeature'],
  executeCommand: ['ExecuteCommandFeature'],
  fileOperations: [
    'DidCreateFilesFeature',
    'DidDeleteFilesFeature',
    'DidRenameFilesFeature',
    'WillCreateFilesFeature',
    'WillDeleteFilesFeature',
    'WillRenameFilesFeature',
  ],
  fileSystemWatcher: ['FileSystemWatcherFeature'],
  implementation: ['ImplementationFeature'],
  inlayHint: ['InlayHintsFeature'],
  inlineCompletion: ['InlineCompletionItemFeature'],
  inlineValue: ['InlineValueFeature'],
  linkedEditingRange: ['LinkedEditingFeature'],
  notebook: ['NotebookDocumentSyncFeature'],
  reference: ['ReferencesFeature'],
  semanticTokens: ['SemanticTokensFeature'],
  signatureHelp: ['SignatureHelpFeature'],
  textDocumentContent: ['TextDocumentContentFeature'],
  typeDefinition: ['TypeDefinitionFeature'],
  typeHierarchy: ['TypeHierarchyFeature'],
  workspaceFolder: ['WorkspaceFoldersFeature'],
  workspaceSymbol: ['WorkspaceSymbolFeature'],
};

/** `protocol.<name>` of `vscode-languageserver-protocol/lib/common`: messages that only those features name. */
const protocolMessages = [
  'callHierarchy',
  'colorProvider',
  'declaration',
  'diagnostic',
  'fileOperations',
  'implementation',
  'inlineCompletion',
  'inlineValue',
  'linkedEditingRange',
  'moniker',
  'textDocumentContent',
  'typeDefinition',
  'typeHierarchy',
  'workspaceFolder',
];

/** Stands for every such feature. The scheme is what the client asks the notebooks' feature for. */
const absentFeature = `
module.exports = class {
  static CellScheme = 'vscode-notebook-cell';
  fillClientCapabilities() {}
  initialize() {}
  getState() { return { kind: 'static' }; }
  clear() {}
};`;

const absent = (what) =>
  `const absent = () => { throw new Error(${JSON.stringify(`${what} is left out of this bundle (esbuild.leftOut.js).`)}); };`;

/** What is replaced: package, module in it, and the text that stands for it, made from the path of the original. */
const languageClient = [
  ...Object.entries(clientFeatures).map(([name, features]) => [
    'vscode-languageclient',
    `lib/common/${name}.js`,
    () => features.map((feature) => `exports.${feature} = require('stand-in:feature');`).join('\n'),
  ]),
  ...protocolMessages.map((name) => [
    'vscode-languageserver-protocol',
    `lib/common/protocol.${name}.js`,
    () => 'module.exports = {};',
  ]),
  // The client asks whether VS Code is new enough for it. "engines" in package.json asks for a newer one.
  ['semver', 'functions/parse.js', () => 'module.exports = (version) => version;'],
  ['semver', 'functions/satisfies.js', () => 'module.exports = () => true;'],
];

const undici = [
  // Connections are made by our own connector, which offers no HTTP/2.
  ['undici', 'lib/dispatcher/client-h2.js', () => `${absent('HTTP/2')} module.exports = absent;`],
  // Bodies of requests are texts, bytes and streams of Node; forms and iterators would come here.
  ['undici', 'lib/web/fetch/body.js', () => `${absent('A body of fetch')} exports.extractBody = absent;`],
  // Of two builds of the parser one is enough; undici takes the plain one where this one is none. It is kept packed.
  ['undici', 'lib/llhttp/llhttp_simd-wasm.js', () => 'module.exports = undefined;'],
  [
    'undici',
    'lib/llhttp/llhttp-wasm.js',
    (file) => {
      const packed = zlib.brotliCompressSync(require(file)).toString('base64');
      return `module.exports = require('node:zlib').brotliDecompressSync(Buffer.from('${packed}', 'base64'));`;
    },
  ],
  // The parser's tables for all that speaks HTTP; a client looks at two of them.
  [
    'undici',
    'lib/llhttp/constants.js',
    (file) => {
      const { ERROR, TYPE } = require(file);
      return `module.exports = ${JSON.stringify({ ERROR, TYPE })};`;
    },
  ],
];

/** Nobody asks zod for a JSON Schema, yet each of its schemas can make one. */
const zod = ['to-json-schema', 'json-schema-processors'].map((name) => [
  'zod',
  `v4/core/${name}.js`,
  async (file) => {
    const names = Object.keys(await import(pathToFileURL(file)));
    return [absent('JSON Schema of zod'), ...names.map((one) => `export { absent as ${one} };`)].join('\n');
  },
]);

/** Packages that TypeScript compiled to CommonJS, each file with helpers of its own. */
const compiled =
  /[\\/]node_modules[\\/]vscode-(languageclient|languageserver-protocol|jsonrpc)[\\/]lib[\\/].*\.js$/;
const helper = /^var (__\w+) = \(this && this\.\1\) \|\| [^]*?^\}.*;$/gm;
const forwarded =
  /^Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return ([\w$.]+); \} \}\);/gm;

/** Makes the files of {@link compiled} share their helpers, which are the same text in each. */
class SharedHelpers {
  /** Name -> module. */
  modules = new Map();

  share(text) {
    return text
      .replace(helper, (whole, name) => {
        const module = `${this.imports(whole, name)}${whole}\nmodule.exports = ${name};`;
        if (!this.modules.has(name)) this.modules.set(name, module);
        // A helper of another version of the compiler stays where it is.
        return this.modules.get(name) === module ? `var ${name} = require('stand-in:${name}');` : whole;
      })
      .replace(forwarded, `require('stand-in:forward')(exports, '$1', () => $2);`);
  }

  /** What a helper needs of others. */
  imports(text, own) {
    const others = new Set(text.match(/\b__(?!esModule|proto)\w+/g));
    others.delete(own);
    return [...others].map((name) => `var ${name} = require('stand-in:${name}');\n`).join('');
  }
}

const forward =
  'module.exports = (o, name, get) => Object.defineProperty(o, name, { enumerable: true, get });';

/** An esbuild plugin that leaves modules out of a bundle; all of them must be there to be left out. */
function leaveOut(...groups) {
  const modules = groups.flat();
  return {
    name: 'leave-out',
    setup(build) {
      const met = new Set();
      const helpers = new SharedHelpers();
      for (const entry of modules) {
        const [owner, module, replacement] = entry;
        const place = ['node_modules', owner, ...module.split('/')].map((name) =>
          name.replaceAll('.', '\\.'),
        );
        build.onLoad({ filter: new RegExp(`[\\\\/]${place.join('[\\\\/]')}$`) }, async ({ path: file }) => {
          met.add(entry);
          return { contents: await replacement(file) };
        });
      }
      build.onLoad({ filter: compiled }, async ({ path: file }) => ({
        contents: helpers.share(await fs.promises.readFile(file, 'utf8')),
      }));
      build.onResolve({ filter: /^stand-in:/ }, ({ path: name }) => ({
        path: name.slice('stand-in:'.length),
        namespace: 'stand-in',
      }));
      build.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path: name }) => ({
        contents: { feature: absentFeature, forward }[name] ?? helpers.modules.get(name),
      }));
      build.onEnd(() => ({
        errors: modules
          .filter((entry) => !met.has(entry))
          .map(([owner, module]) => ({
            text: `${owner}/${module} is to be left out, but nothing loads it: look at esbuild.leftOut.js anew.`,
          })),
      }));
    },
  };
}

module.exports = { leaveOut, clientFeatures, protocolMessages, languageClient, undici, zod };
