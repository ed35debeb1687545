import js from '@eslint/js';
import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Which rooms of the house may use which; test files may also use the tests' shared expectations.
 * The picture with arrows is in the architecture chapter of CONTRIBUTING.md.
 */
const rooms = {
  safetensors: [],
  testing: [],
  data: ['safetensors'],
  survival: [],
  nn: ['safetensors'],
  modules: ['nn', 'safetensors'],
  'backbone-interface': ['nn', 'modules'],
  backbone: ['backbone-interface', 'nn', 'modules'],
  baselines: ['safetensors'],
  training: ['safetensors', 'survival', 'data', 'nn', 'modules', 'baselines', 'backbone-interface'],
  compare: [
    ...['safetensors', 'survival', 'data', 'nn', 'modules', 'baselines'],
    ...['backbone-interface', 'backbone', 'training'],
  ],
  tools: [],
};

const depConstraints = Object.entries(rooms).map(([room, uses]) => ({
  sourceTag: `scope:${room}`,
  onlyDependOnLibsWithTags: [`scope:${room}`, ...uses.map((used) => `scope:${used}`), ...testing(room)],
}));

/** @param {string} room */
function testing(room) {
  return room === 'tools' ? [] : ['scope:testing'];
}

// Without a project graph in Nx's cache the boundaries rule only warns, and passes everything.
process.env['NX_DAEMON'] ??= 'false';
await createProjectGraphAsync();

export default defineConfig(
  globalIgnores(['**/dist', '**/node_modules', '.venv', '.nx', '.setup', 'reports', 'python-bridge']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', 'vitest.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  // Names of globals are the compiler's business, which knows Node's.
  { rules: { 'no-undef': 'off' } },
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': ['error', { depConstraints }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // An interface may be asynchronous where one of its implementations has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // tfjs's return types are type parameters that nothing but an assertion can narrow.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export by name.' }],
    },
  },
  {
    // The tools read JSON before any library is installed that could check it; tests match parts of objects.
    files: ['**/*.mjs', '**/*.test.ts', '**/*.testing.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  // Outside tools/, plain JavaScript is only what tests start as programs; no tsconfig.json knows it.
  { files: ['packages/**/*.mjs', 'apps/**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  { files: ['*.config.{ts,mjs}'], rules: { 'no-restricted-syntax': 'off' } },
);
