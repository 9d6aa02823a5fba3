/** The number of an item's content in its node run. */
interface Numbered {
	readonly content: string;
	readonly number: number;
}

/** How often each content came up in an execution. */
const counts = new WeakMap<object, Map<string, number>>();
/** The numbers that a node run gave. */
const given = new WeakMap<object, Map<number, Numbered>>();

/**
 * Numbers equal contents of one execution: two equal rows of a table are two events, and the same
 * table again is the same two. The next try of Retry On Fail finds the numbers of the first.
 *
 * @param execution an object that the node runs of one execution share, a loop's among them, and
 * no other execution: n8n's `getContext('flow')`
 * @param nodeRun an object that the tries of one node run share: n8n's `getExecuteData()`
 */
export function numberingOf(execution: object, nodeRun: object) {
	const count = mapOf(counts, execution);
	const numbers = mapOf(given, nodeRun);
	return (content: string, itemIndex: number): number => {
		const earlier = numbers.get(itemIndex);
		if (earlier?.content === content) return earlier.number;
		const number = (count.get(content) ?? 0) + 1;
		count.set(content, number);
		numbers.set(itemIndex, { content, number });
		return number;
	};
}

function mapOf<K, V>(maps: WeakMap<object, Map<K, V>>, owner: object): Map<K, V> {
	const map = maps.get(owner) ?? new Map<K, V>();
	maps.set(owner, map);
	return map;
}
