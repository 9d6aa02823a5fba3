const { globalSetup: _, ...config } = require('./jest.config');

/**
 * What needs no n8n, neither one that runs nor its expression engine, and no built package; nor do
 * the tests of faults belong here, most of which wait.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...config,
	testPathIgnorePatterns: [
		'<rootDir>/test/n8n/',
		'<rootDir>/test/package/',
		'<rootDir>/test/fault/',
		'<rootDir>/test/contract/expressions.test.ts',
	],
};
