const config = require('./jest.config');

/** @type {import('jest').Config} */
module.exports = {
	...config,
	roots: ['<rootDir>/test/browser'],
	testPathIgnorePatterns: [],
	testTimeout: 90_000,
};
