import fc from 'fast-check';

import { JsonNumber, type PlannedEvent, type WireValue } from '../../transport/model/event';
import { fromContent, toClaimedEvent, toContent } from '../../transport/record/content';

const value: fc.Arbitrary<WireValue> = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
	fc.boolean(),
	fc.stringMatching(/^\d{1,30}(\.\d{1,30})?$/).map((digits) => new JsonNumber(digits)),
	fc.dictionary(
		fc.string(),
		fc.jsonValue().map((json) => JSON.parse(JSON.stringify(json)) as string),
	),
);

const planned: fc.Arbitrary<PlannedEvent> = fc.record({
	itemIndex: fc.nat(),
	event: fc.dictionary(fc.string(), value),
	encoded: fc.record({
		path: fc.string(),
		query: fc.string(),
		bytes: fc.nat(),
	}),
	eventId: fc.option(fc.string(), { nil: undefined }),
});

it('an event comes back as it was stored, digit for digit', () => {
	fc.assert(
		fc.property(planned, (one) => {
			const stored = fromContent(toContent(one));
			expect(stored?.path).toBe(one.encoded.path);
			expect(stored?.eventId).toBe(one.eventId);
			expect(Object.entries(stored?.event ?? {})).toEqual(Object.entries(one.event));
		}),
	);
});

it.each([
	'',
	'no JSON',
	'{}',
	'[]',
	'[1,null,[]]',
	'["/path",null,{}]',
	'["/path",null,[1]]',
	'["/path",null,[["a",null]]]',
])('what was not stored by it is no event: %s', (content) => {
	expect(fromContent(content)).toBeUndefined();
});

it('what a device is known by is not told in the name of its lane', () => {
	const event = { idfv: '8ECD7512-2864-440C-93F3-000000000001' };
	const one = { itemIndex: 0, key: '0a', event, encoded: { path: '', query: '', bytes: 0 } };
	const lane = { name: 'device', of: () => [`idfv=${event.idfv}`, 'b'] };
	const { lanes = [] } = toClaimedEvent(one, { lane }) ?? {};
	expect(lanes).toEqual([
		expect.stringMatching(/^[0-9a-f]{16}$/),
		expect.stringMatching(/^[0-9a-f]{16}$/),
	]);
	expect(new Set(lanes).size).toBe(2);
});
