const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	globalSetup: '<rootDir>/test/globalSetup.ts',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	transform: {
		'^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
	},
	reporters: ['default', '<rootDir>/test/support/slowestTests.js'],
	testSequencer: '<rootDir>/test/support/longestFirst.js',
	// one more than jest would take, since some files mostly wait
	maxWorkers: Math.max(2, availableParallelism()),
	// tests side by side mostly wait as well
	maxConcurrency: 32,
};
