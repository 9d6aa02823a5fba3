/** How the example workflows look on n8n's canvas, as far as positions say it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INode } from 'n8n-workflow';

import { root } from '../support/imports';

interface Rectangle {
	readonly name: string;
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

/** n8n draws a node as a square, with its name and subtitle below, which reach beyond its sides. */
const NODE = 96;
const LABEL_HEIGHT = 48;
const LABEL_OVERHANG = 32;
/** An output more than two makes a node taller by this. */
const PER_OUTPUT = 32;

const folder = join(root, 'examples');
const examples = readdirSync(folder).filter((name) => name.endsWith('.json'));

it.each(examples)('no two nodes or notes of %s cover each other', (file) => {
	const { nodes, connections } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
		nodes: INode[];
		connections: Record<string, { main?: unknown[] }>;
	};
	const rectangles = nodes.map((node) => rectangleOf(node, connections[node.name]?.main?.length));
	const covered = rectangles.flatMap((one, index) =>
		rectangles
			.slice(index + 1)
			.filter((other) => overlap(one, other))
			.map((other) => `${one.name} and ${other.name}`),
	);
	expect(covered).toEqual([]);
	expect(rectangles.length).toBeGreaterThan(3);
});

function rectangleOf({ name, type, position, parameters }: INode, outputs = 1): Rectangle {
	const [left, top] = position;
	if (type === 'n8n-nodes-base.stickyNote') {
		const { width, height } = parameters as { width: number; height: number };
		return { name, left, top, right: left + width, bottom: top + height };
	}
	return {
		name,
		left: left - LABEL_OVERHANG,
		top,
		right: left + NODE + LABEL_OVERHANG,
		bottom: top + NODE + LABEL_HEIGHT + PER_OUTPUT * Math.max(0, outputs - 2),
	};
}

function overlap(a: Rectangle, b: Rectangle): boolean {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
