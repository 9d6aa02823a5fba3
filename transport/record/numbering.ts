/** The number of an item's content in its node run. */
interface Numbered {
	readonly content: string;
	readonly number: number;
}

/** Where in its execution a run of a node is. */
export interface PlaceOfRun {
	/**
	 * What n8n keeps for the node as long as the execution, and saves with it: `getContext('node')`. A
	 * loop that is resumed by n8n's Retry button finds what its earlier rounds had.
	 */
	readonly context: Record<string, unknown>;
	/** Counts the runs of the node: those of a loop, say. */
	readonly runIndex: number;
	/** An object that the tries of one node run share: n8n's `getExecuteData()`. */
	readonly nodeRun: object;
}

/** The numbers that a node run gave. */
const given = new WeakMap<object, Map<number, Numbered>>();

const NAME = 'revenueRelayContents';
/** Of a content's digest so much is kept: enough to tell those of one execution apart. */
const KEPT_CHARACTERS = 12;

/**
 * Numbers equal contents of a node in one execution, its loops included: two equal rows of a table
 * are two events, and the same table again is the same two. The next try of Retry On Fail finds the
 * numbers of the first.
 *
 * @returns the number of a content, given as its digest in hex
 */
export function numberingOf({ context, runIndex, nodeRun }: PlaceOfRun) {
	const numbers = given.get(nodeRun) ?? new Map<number, Numbered>();
	given.set(nodeRun, numbers);
	const runs = (context[NAME] ??= {}) as Record<string, string>;
	const count = new Map<string, number>();
	for (const [run, contents] of Object.entries(runs)) {
		if (Number(run) < runIndex) for (const one of split(contents)) add(count, one);
	}
	// numbered anew, unless this is a further try: those find theirs by their item
	let own = '';
	const keep = (content: string): number => {
		own += content;
		runs[runIndex] = own;
		return add(count, content);
	};
	for (const { content } of numbers.values()) keep(content);
	return (digest: string, itemIndex: number): number => {
		const content = digest.slice(0, KEPT_CHARACTERS);
		const earlier = numbers.get(itemIndex);
		if (earlier?.content === content) return earlier.number;
		const number = keep(content);
		numbers.set(itemIndex, { content, number });
		return number;
	};
}

function split(contents: string): string[] {
	return contents.match(new RegExp(`.{${KEPT_CHARACTERS}}`, 'g')) ?? [];
}

function add(count: Map<string, number>, content: string): number {
	const number = (count.get(content) ?? 0) + 1;
	count.set(content, number);
	return number;
}
