const config = require('./jest.config');

/**
 * n8n in queue mode, with what it needs around it: `npm run test:queue`.
 *
 * @type {import('jest').Config}
 */
module.exports = {
	...config,
	roots: ['<rootDir>/test/queue'],
	testPathIgnorePatterns: [],
	maxWorkers: 1,
};
