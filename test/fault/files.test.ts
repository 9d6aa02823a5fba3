/** Files instead of items, with every operation, against the sandbox. */
import { gzipSync } from 'node:zlib';

import { subjects } from '../providers';
import { runFiles, toCsv } from '../support/fileRun';
import { testSideBySide } from '../support/sandboxRun';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('a file is', () => {
	for (const subject of subjects) {
		testSideBySide(
			`${subject.provider.name} ${subject.operation}: delivered row by row, and told in one item`,
			async (sandbox) => {
				const content = gzipSync(toCsv(numbers(300).map(subject.item)));
				const { jsons } = await runFiles(subject, sandbox.url, [{ name: 'day.csv.gz', content }]);
				expect(jsons).toEqual([
					expect.objectContaining({
						provider: subject.provider.name,
						operation: subject.operation,
						source: 'file',
						file: 'day.csv.gz',
						rows: 300,
						outcomes: { delivered: 300 },
					}),
				]);
				expect(sandbox.report().events).toHaveLength(300);
			},
		);
	}
});
