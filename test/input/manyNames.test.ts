import type { INodeExecutionData } from 'n8n-workflow';

import { createRedactor } from '../../transport/credential/redact';
import { readColumns } from '../../transport/input/columns';
import { createNotes } from '../../transport/input/notes';
import { createValidator } from '../../transport/input/validate';
import type { Field } from '../../transport/model/declaration';
import { remarksOn } from '../../transport/report/remarks';
import { tellInvalid } from '../../transport/report/words';
import { members, jsonMap, textMap } from '../../transport/values/object';
import { text } from '../../transport/values/text';
import { object, type ZodType } from '../../transport/vendor/zod';

const NAMES = 40_000;
const redact = createRedactor(['a-secret-of-some-length']);

const field: Field = {
	key: 'e',
	label: 'Attributes',
	place: 'body',
	parameter: 'e',
	isRequired: false,
};

const entries = Array.from({ length: NAMES }, (_, index): [string, string] => [
	`name ${String(index)}`,
	`value ${String(index)}`,
]);
const map = Object.fromEntries(entries);
const json = JSON.stringify(map);
const pairs = { pair: entries.map(([name, value]) => ({ name, value })) };

/** Seconds that it takes. */
function secondsOf(task: () => void): number {
	const start = performance.now();
	task();
	return (performance.now() - start) / 1_000;
}

describe.each<[string, ZodType]>([
	['a map of texts', textMap()],
	['a map of scalars', jsonMap([1, 500])],
	['an object of known names', members({ known: text(), other: text().optional() })],
])('%s', (_, kind) => {
	it.each<[string, unknown]>([
		['an object', map],
		['JSON', json],
		['a list of pairs', pairs],
		[
			'a list of pairs with a name that is repeated',
			{ pair: [...pairs.pair.slice(1), ...pairs.pair.slice(-1)] },
		],
		[
			'a list of pairs without names',
			{ pair: pairs.pair.map(({ value }) => ({ name: '', value })) },
		],
	])('reads 40,000 names within a second: %s', (_form, e) => {
		const validate = createValidator(object({ e: kind }) as never, [field], redact);
		const seconds = secondsOf(() => {
			const checked = validate({ e });
			if (!checked.ok) tellInvalid(checked.problems);
		});
		expect(seconds).toBeLessThan(1);
	});
});

it('names ten names of an object that are not known, and says of the others that they are none', () => {
	const kind = members({ known: text().optional() });
	const checked = createValidator(object({ e: kind }), [field], redact)({ e: json });
	const sentences = checked.ok ? [] : checked.problems.map(({ sentence }) => sentence);
	expect(sentences).toHaveLength(11);
	expect(sentences[0]).toBe('e.name 0 is not known; the names are known, not "value 0"');
	expect(sentences[10]).toMatch(/^Attributes \(e\) must hold no other names than known, not "/);
});

it('reads and tells of a row of 40,000 columns within a second', () => {
	const rows = [{ json: { ...map, e: '{}' } }, { json: { ...map } }] as INodeExecutionData[];
	const notes = createNotes();
	const seconds = secondsOf(() => {
		const read = readColumns(rows, [field], {}, notes.ignoredColumns);
		for (const index of rows.keys()) read(index);
		remarksOn(notes, { displayName: 'Provider', deduplicates: false }, redact);
	});
	expect(notes.ignoredColumns.size).toBe(NAMES);
	expect(seconds).toBeLessThan(1);
});

describe('a name of 100,000 characters that came with the row', () => {
	const long = 'n'.repeat(100_000);

	it('is cut where it is named as a broken field', () => {
		const kind = members({ known: text().optional() });
		const validate = createValidator(object({ e: kind }), [field], redact);
		const checked = validate({ e: { [long]: '1' } });
		const [problem] = checked.ok ? [] : checked.problems;
		expect(problem?.field).toBe(`e.${'n'.repeat(78)}…`);
		expect(problem?.sentence.length).toBeLessThan(200);
	});

	it('is cut where it is named as an ignored column', () => {
		const notes = { ...createNotes(), ignoredColumns: new Set([long, 'note']) };
		expect(remarksOn(notes, { displayName: 'Provider', deduplicates: false }, redact)).toEqual([
			`Columns without a field, ignored: ${'n'.repeat(80)}…, note.`,
		]);
	});

	it('is masked before it is cut', () => {
		const name = `${'n'.repeat(70)}a-secret-of-some-length`;
		const notes = { ...createNotes(), ignoredColumns: new Set([name]) };
		const [remark] = remarksOn(notes, { displayName: 'Provider', deduplicates: false }, redact);
		expect(remark).toBe(`Columns without a field, ignored: ${'n'.repeat(70)}***.`);
	});
});
