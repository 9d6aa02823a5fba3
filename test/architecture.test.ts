import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { justtrack } from '../nodes/Justtrack/provider';
import { myTracker } from '../nodes/MyTracker/provider';
import { runative } from '../nodes/Runative/provider';
import { singular } from '../nodes/Singular/provider';
import { twentyFourMetrics } from '../nodes/TwentyFourMetrics/provider';
import {
	circlesIn,
	filesIn,
	graphOf,
	grouped,
	importsOf,
	root,
	withoutDetours,
	type Graph,
} from './support/imports';

/** The rooms of the transport, from the ground up: a room imports rooms that stand before it. */
const ROOMS = [
	'vendor',
	'signals',
	'model',
	'text',
	'values',
	'declaration',
	'credential',
	'expressions',
	'input',
	'files',
	'request',
	'http',
	'judging',
	'pace',
	'delivery',
	'store',
	'record',
	'report',
	'ways',
];

/** What each folder of the project may import of the others. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
	credentials: [],
	transport: [],
	nodes: ['transport', 'credentials'],
	sandbox: [],
	scripts: ['sandbox', 'nodes', 'transport'],
	bench: ['scripts', 'nodes'],
};
const FOLDERS = Object.keys(MAY_IMPORT);

const graph = graphOf(FOLDERS);
const roomOf = (path: string) => /^transport\/([^/]+)\//.exec(path)?.[1];
const rooms = grouped(graph, roomOf);

it('imports are found, in every form', () => {
	const text = [
		"import { a } from '../nodes/A/a';",
		"import type { b } from '../../nodes/B/b';",
		"export { c } from './c';",
		"const d = await import('./vendor/d');",
		"import '../e';",
		'const f = require("node:fs");',
		"let g: import('./g').G;",
		"import h = require('./h');",
		"// import { i } from './i';",
		`const k = "import { k } from './k'";`,
	].join('\n');
	expect(importsOf({ path: 'transport/x/file.ts', text })).toEqual([
		'transport/nodes/A/a',
		'nodes/B/b',
		'transport/x/c',
		'transport/x/vendor/d',
		'transport/e',
		'node:fs',
		'transport/x/g',
		'transport/x/h',
	]);
	const imports = [...graph.values()].reduce((sum, { size }) => sum + size, 0);
	expect(imports).toBeGreaterThan(200);
});

it('circles are found, and detours left out', () => {
	const circle: Graph = new Map([
		['a', new Set(['b'])],
		['b', new Set(['c'])],
		['c', new Set(['b'])],
	]);
	expect(circlesIn(circle)).toEqual(['b → c → b']);
	const detour: Graph = new Map([
		['a', new Set(['b', 'c'])],
		['b', new Set(['c'])],
	]);
	expect(circlesIn(detour)).toEqual([]);
	expect(withoutDetours(detour).get('a')).toEqual(new Set(['b']));
});

it('no file is in a circle, types included', () => {
	expect(circlesIn(graph)).toEqual([]);
});

it('no two folders import each other, on whatever way', () => {
	expect(circlesIn(grouped(graph, (path) => dirname(path)))).toEqual([]);
});

it.each(FOLDERS)('%s imports only what it may of the other folders', (folder) => {
	const others = ['test', ...FOLDERS].filter(
		(other) => other !== folder && !MAY_IMPORT[folder]?.includes(other),
	);
	const forbidden = filesIn(folder).flatMap((file) =>
		importsOf(file)
			.filter((asked) => others.some((other) => asked.startsWith(`${other}/`)))
			.map((asked) => `${file.path} imports ${asked}`),
	);
	expect(forbidden).toEqual([]);
});

it('no folder has a barrel file: a start of n8n would load all that it names', () => {
	const barrels = [...graph.keys()].filter((path) =>
		/^(?:transport|nodes)\/.*index\.ts$/.test(path),
	);
	expect(barrels).toEqual([]);
});

describe('the rooms of the transport', () => {
	it('are all in the order', () => {
		const folders = readdirSync(join(root, 'transport'), { withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map(({ name }) => name);
		expect(folders.sort()).toEqual([...ROOMS].sort());
	});

	it.each(ROOMS)('%s imports only rooms below it', (room) => {
		const above = ROOMS.slice(ROOMS.indexOf(room) + 1);
		expect([...(rooms.get(room) ?? [])].filter((other) => above.includes(other))).toEqual([]);
	});

	it('import nothing of the files above them, which put them together', () => {
		const upwards = [...graph].flatMap(([path, imports]) =>
			roomOf(path) === undefined ? [] : [...imports].filter((to) => roomOf(to) === undefined),
		);
		expect(upwards).toEqual([]);
	});

	it('model imports nothing of ours', () => {
		expect(rooms.get('model')).toEqual(new Set());
	});

	it('ARCHITECTURE.md draws them as they are', () => {
		const drawn = /```mermaid\n([^]*?)```/.exec(
			readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'),
		)?.[1];
		const arrows = [...withoutDetours(rooms)]
			.flatMap(([from, imports]) => [...imports].map((to) => `  ${from} --> ${to}\n`))
			.sort();
		expect(drawn).toBe(`graph TD\n${arrows.join('')}`);
	});
});

describe('the transport', () => {
	const files = filesIn('transport');
	const providers = [justtrack, myTracker, singular, twentyFourMetrics, runative];
	const names = providers.flatMap(({ name, displayName }) => [name, displayName]);

	it.each([...new Set(names.map((name) => name.toLowerCase()))])('does not know %s', (name) => {
		const knowing = files.filter(({ text }) => text.toLowerCase().includes(name));
		expect(knowing.map(({ path }) => path)).toEqual([]);
	});

	it('is asked about every provider', () => {
		const folders = readdirSync(join(root, 'nodes')).map((folder) => folder.toLowerCase());
		expect(folders.sort()).toEqual(providers.map(({ name }) => name.toLowerCase()).sort());
	});
});
