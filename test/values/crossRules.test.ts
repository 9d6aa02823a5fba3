import fc from 'fast-check';

import { keepsOffFields } from '../../transport/values/crossRules';

describe('keepsOffFields', () => {
	const { fields, of, holds, shown } = keepsOffFields('more', ['offer', 'sub_id2', 'no_redirect']);
	const mayHold = (...names: string[]) =>
		holds({ more: Object.fromEntries(names.map((name) => [name, 'x'])) });

	it('is about the list alone, and holds where there is none', () => {
		expect({ fields, of }).toEqual({ fields: ['more'], of: 'more' });
		expect(holds({})).toBe(true);
		expect(holds({ offer: 'o', more: {} })).toBe(true);
	});

	it.each([
		'goal',
		'offers',
		'my_offer',
		'sub_id',
		'subid2',
		'no-redirect',
		'x[offer]',
		'__proto__',
	])('takes a name that no server reads as that of a field: %j', (name) => {
		expect(mayHold(name, 'another')).toBe(true);
	});

	it.each([
		'offer',
		'Offer',
		' offer',
		'offer\t',
		'offer[]',
		'offer[a][b]',
		'offer []',
		'OFFER[0]',
		'sub.id2',
		'SUB ID2',
		'sub[id2',
		'no.redirect',
		'no redirect[]',
		'offer\0',
		'no.redirect\0[x',
	])('refuses one that a server may fold onto a field: %j', (name) => {
		expect(mayHold(name)).toBe(false);
		expect(mayHold('goal', name)).toBe(false);
	});

	it('refuses every spelling of a name that is taken', () => {
		const blanks = fc.stringMatching(/^[ \t]{0,3}$/);
		const letters = fc
			.constantFrom('offer', 'sub_id2', 'no_redirect')
			.chain((name) =>
				fc.tuple(
					...Array.from(name, (letter) =>
						letter === '_'
							? fc.constantFrom('_', '.', ' ')
							: fc.constantFrom(letter, letter.toUpperCase()),
					),
				),
			);
		const index = fc.constantFrom('', '[]', '[0]', '[a][]');
		fc.assert(
			fc.property(blanks, letters, index, blanks, (before, spelled, after, end) => {
				const name = before + spelled.join('') + after + end;
				expect({ name, holds: mayHold('goal', name) }).toEqual({ name, holds: false });
			}),
		);
	});

	it.each<[string, unknown]>([
		[
			'a list of pairs',
			{
				pair: [
					{ name: 'goal', value: '7' },
					{ name: 'Offer', value: 'x' },
					{ name: 'offer[]', value: 'y' },
				],
			},
		],
		['an object', { goal: '7', Offer: 'x', 'offer[]': 'y' }],
		['its JSON', '{"goal":"7","Offer":"x","offer[]":"y"}'],
	])('shows the names that are taken, and nothing else: of %s', (_, more) => {
		expect(shown?.({ more })).toBe('Offer, offer[]');
	});
});
