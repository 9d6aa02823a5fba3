const { globalSetup: _, ...config } = require('./jest.config');

/**
 * What needs no n8n, neither one that runs nor its expression engine, and no built package. Nor does
 * belong here what takes long by its nature: faults, most of which wait, hosts that drip, and texts
 * of millions of characters.
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
		'<rootDir>/test/credential/credentialTest.test.ts',
		'<rootDir>/test/input/manyNames.test.ts',
		'<rootDir>/test/values/longText.test.ts',
	],
};
