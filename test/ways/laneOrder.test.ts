import fc from 'fast-check';

import { LaneOrder } from '../../transport/ways/laneOrder';

/** An event of an operation in some lanes. */
interface Event {
	readonly operation: string;
	readonly lanes: readonly string[];
}

const events = fc.array(
	fc.record({
		operation: fc.constantFrom('a', 'b', 'c'),
		lanes: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
	}),
	{ maxLength: 20 },
);

it('never has events of two operations under way in one lane, and lets all go in the end', () => {
	fc.assert(
		fc.property(events, fc.array(fc.nat()), (waiting: Event[], draws) => {
			const order = new LaneOrder();
			const underWay: Event[] = [];
			const gone: Event[] = [];
			let pending = waiting;
			for (let turn = 0; pending.length > 0 || underWay.length > 0; turn++) {
				const blocked = new Set<string>();
				pending = pending.filter((event) => {
					const { operation, lanes } = event;
					if (lanes.some((lane) => blocked.has(lane)) || !order.mayGo(lanes, operation)) {
						for (const lane of lanes) blocked.add(lane);
						return true;
					}
					order.begin(lanes, operation);
					underWay.push(event);
					gone.push(event);
					return false;
				});
				for (const lane of ['x', 'y', 'z']) {
					const inLane = underWay.filter(({ lanes }) => lanes.includes(lane));
					expect(new Set(inLane.map(({ operation }) => operation)).size).toBeLessThanOrEqual(1);
				}
				const [ended] = underWay.splice((draws[turn] ?? 0) % underWay.length, 1);
				order.end(ended?.lanes ?? []);
			}
			for (const lane of ['x', 'y', 'z']) {
				const of = (all: readonly Event[]) => all.filter(({ lanes }) => lanes.includes(lane));
				expect(of(gone)).toEqual(of(waiting));
			}
		}),
	);
});

it('a lane with an event that stays is closed for all that comes after', () => {
	const order = new LaneOrder();
	order.close(['x', 'y']);
	expect(order.isClosed(['y', 'z'])).toBe(true);
	expect(order.isClosed(['z'])).toBe(false);
	expect(order.isClosed([])).toBe(false);
});
