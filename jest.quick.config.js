const { globalSetup: _, ...config } = require('./jest.config');

/**
 * What needs no n8n: none that runs, no built package, and none of n8n's own code as the surroundings
 * of whole runs or as the judge of expressions. The contracts of the providers do run in n8n's context,
 * and are here all the same: they are what a change of a provider breaks first.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...config,
	testPathIgnorePatterns: [
		...config.testPathIgnorePatterns,
		'<rootDir>/test/n8n/',
		'<rootDir>/test/package/',
		'<rootDir>/test/fault/',
		'<rootDir>/test/contract/expressions.test.ts',
	],
};
