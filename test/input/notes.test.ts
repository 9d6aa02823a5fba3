import { createNotes, noteEvent } from '../../transport/input/notes';
import type { WireEvent } from '../../transport/model/event';
import { MAX_NAMES } from '../../transport/model/notes';
import type { Operation } from '../../transport/model/provider';

describe('times that go backwards within a lane', () => {
	const operation: Pick<Operation, 'lane' | 'times'> = {
		lane: {
			name: 'device',
			of: ({ a, b }) => [a, b].flatMap((id) => (typeof id === 'string' ? [id] : [])),
		},
		times: ['ms', 'seconds'],
	};
	const countOf = (events: readonly WireEvent[], of = operation) => {
		const notes = createNotes();
		for (const event of events) noteEvent(notes, event, of, []);
		return notes.backwardTimes;
	};

	it('are counted, each event that came after a later one', () => {
		const secondsOf = (...times: number[]) => times.map((time) => ({ a: 'x', seconds: time }));
		expect(countOf(secondsOf(1769860800, 1769860800, 1769860801))).toBe(0);
		expect(countOf(secondsOf(1769860803, 1769860801, 1769860802, 1769860803))).toBe(2);
	});

	it('are those of one lane, by whichever of its names', () => {
		const [late, early] = [1769860802, 1769860801];
		expect(
			countOf([
				{ a: 'x', seconds: late },
				{ a: 'y', seconds: early },
			]),
		).toBe(0);
		expect(
			countOf([
				{ a: 'x', b: 'z', seconds: late },
				{ b: 'z', seconds: early },
			]),
		).toBe(1);
		expect(countOf([{ seconds: late }, { seconds: early }])).toBe(0);
	});

	it('are compared whatever their unit, the first key that is given first', () => {
		expect(
			countOf([
				{ a: 'x', seconds: 1769860801 },
				{ a: 'x', ms: 1769860800999 },
				{ a: 'x', seconds: 1769860800, ms: 1769860802000 },
				{ a: 'x', seconds: 1769860801 },
			]),
		).toBe(2);
	});

	it('do not concern an event without a time, nor an operation without lanes or times', () => {
		const events = [
			{ a: 'x', seconds: 1769860802 },
			{ a: 'x' },
			{ a: 'x', seconds: 1769860803 },
			{ a: 'x', seconds: 1769860801 },
		];
		expect(countOf(events)).toBe(1);
		expect(countOf(events, { lane: operation.lane })).toBe(0);
		expect(countOf(events, { times: operation.times })).toBe(0);
	});
});

describe('what is noted stays small, however many rows a file has', () => {
	it('of the lanes, the times of those that came last', () => {
		const notes = createNotes();
		const operation = {
			lane: { name: 'device', of: ({ a }: WireEvent) => (typeof a === 'string' ? [a] : []) },
			times: ['t'],
		};
		const note = (a: string, t: number) => {
			noteEvent(notes, { a, t }, operation, []);
		};
		for (let device = 0; device < 50_000; device++) note(`device-${device}`, 1_769_860_800);
		expect(notes.latestTimes.size).toBeLessThanOrEqual(20_000);
		note('device-49999', 1_769_860_799);
		expect(notes.backwardTimes).toBe(1);
	});

	it('of the columns without a field, the first', () => {
		const { ignoredColumns } = createNotes();
		for (let column = 0; column < MAX_NAMES + 10; column++) ignoredColumns.add(`column-${column}`);
		expect(ignoredColumns.size).toBe(MAX_NAMES);
		expect(ignoredColumns.has('column-0')).toBe(true);
	});
});
