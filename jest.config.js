const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	globalSetup: '<rootDir>/test/globalSetup.ts',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	// have runs of their own: jest.browser.config.js, jest.queue.config.js
	testPathIgnorePatterns: ['<rootDir>/test/browser/', '<rootDir>/test/queue/'],
	transform: {
		'^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
	},
	reporters: ['default', '<rootDir>/test/support/slowestTests.js'],
	testSequencer: '<rootDir>/test/support/longestFirst.js',
	// more than there are cores, since some files mostly wait
	maxWorkers: availableParallelism() + 1,
	// tests side by side mostly wait as well
	maxConcurrency: 32,
};
