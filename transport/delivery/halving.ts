import type { Batch } from '../model/event';

/**
 * Delivers a batch that was refused for a broken event, in halves until those stand alone. When
 * the first half is delivered, the broken event is in the second, which is not tried whole: with
 * k broken events among n that makes at most 2k·log2(n) + 1 further requests.
 *
 * @param deliver delivers a part, in halves where it must, and says whether all of it was accepted
 */
export async function deliverHalves(
	{ events, lanes }: Batch,
	deliver: (part: Batch) => Promise<boolean>,
): Promise<void> {
	const middle = Math.floor(events.length / 2);
	const first = { events: events.slice(0, middle), lanes };
	const second = { events: events.slice(middle), lanes };
	const firstIsDelivered = await deliver(first);
	if (firstIsDelivered && second.events.length > 1) await deliverHalves(second, deliver);
	else await deliver(second);
}
