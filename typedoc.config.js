/** The documentation site (`npm run docs`): the pages of docs/ and the API of src/index.ts, with one search over both. */
import katex from '@vscode/markdown-it-katex';

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'Azul Zero',
  entryPoints: ['src/index.ts'],
  tsconfig: 'tsconfig.build.json',
  out: 'dist/docs',
  readme: 'README.md',
  projectDocuments: ['docs/*.md', 'docs/experiments/*.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  searchInDocuments: true,
  searchInComments: true,
  // Formulas become MathML, which browsers draw without fonts or scripts.
  markdownItLoader: (parser) => parser.use(katex.default, { output: 'mathml', throwOnError: true }),
  highlightLanguages: ['typescript', 'javascript', 'json', 'yaml', 'python', 'bash', 'console', 'xml'],
  excludePrivate: true,
  excludeInternal: true,
  validation: { notExported: true, invalidLink: true, notDocumented: true, invalidPath: true },
  requiredToBeDocumented: ['Class', 'Interface', 'Function', 'TypeAlias', 'Variable', 'Method', 'Accessor'],
  disableSources: true,
  skipErrorChecking: true,
  treatWarningsAsErrors: true,
};
