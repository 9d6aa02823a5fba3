import type { PlannedEvent } from '../../transport/model/event';
import { Rounds } from '../../transport/ways/rounds';

const roundOf = (...items: readonly number[]): PlannedEvent[] =>
	items.map((itemIndex) => ({
		itemIndex,
		event: {},
		encoded: { path: '', query: '', bytes: 0 },
	}));

it('gives rounds in their order, waits for further ones, and ends when it is closed', async () => {
	const rounds = new Rounds();
	rounds.add(roundOf(1, 2));
	const seen: number[][] = [];
	const reading = (async () => {
		for await (const round of rounds) {
			seen.push(round.map(({ itemIndex }) => itemIndex));
			if (seen.length === 1)
				setImmediate(() => {
					rounds.add(roundOf(3));
				});
			if (seen.length === 2)
				setImmediate(() => {
					rounds.close();
				});
		}
	})();
	await reading;
	expect(seen).toEqual([[1, 2], [3]]);
});
