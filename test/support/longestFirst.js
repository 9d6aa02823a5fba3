const { default: Sequencer } = require('@jest/test-sequencer');

/** What takes long, or waits long: begun last, one of them would go on alone after all others. */
const long = [
	'n8n/e2e.test.ts',
	'n8n/record.test.ts',
	'fault/delivery.test.ts',
	'fault/schedules.test.ts',
	'fault/rate.test.ts',
	'fault/overHttp2/delivery.test.ts',
	'fault/overHttp2/rate.test.ts',
	'contract/expressions.test.ts',
	'fault/lanes.test.ts',
	'contract/singular.test.ts',
	'credential/credentialTest.test.ts',
];

/** Jest orders files by how long they took, but a fresh clone does not know that yet. */
module.exports = class LongestFirst extends Sequencer {
	sort(tests) {
		const place = ({ path }) => {
			const index = long.findIndex((end) => path.replaceAll('\\', '/').endsWith(end));
			return index === -1 ? long.length : index;
		};
		return [...super.sort(tests)].sort((a, b) => place(a) - place(b));
	}
};
