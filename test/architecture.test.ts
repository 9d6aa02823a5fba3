import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { justtrack } from '../nodes/Justtrack/provider';
import { myTracker } from '../nodes/MyTracker/provider';
import { runative } from '../nodes/Runative/provider';
import { singular } from '../nodes/Singular/provider';
import { twentyFourMetrics } from '../nodes/TwentyFourMetrics/provider';

const root = join(__dirname, '../..');

interface SourceFile {
	/** From the root, with slashes. */
	readonly path: string;
	readonly text: string;
}

function filesIn(folder: string): SourceFile[] {
	const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
		.map(({ parentPath, name }) => {
			const path = join(parentPath, name);
			return {
				path: relative(root, path).replaceAll('\\', '/'),
				text: readFileSync(path, 'utf8'),
			};
		});
}

const IMPORT = /(?:\bfrom|\bimport|\brequire|\bmock)\s*\(?\s*(['"`])([^'"`]+)\1/g;

/** The files and packages that a file asks for; its own by their path from the root. */
function importsOf({ path, text }: SourceFile): string[] {
	return Array.from(text.matchAll(IMPORT), ([, , asked = '']) =>
		asked.startsWith('.')
			? relative(root, join(root, dirname(path), asked)).replaceAll('\\', '/')
			: asked,
	);
}

/** The imports out of one folder into others, as sentences. */
function importsInto(folder: string, others: readonly string[]): string[] {
	return filesIn(folder).flatMap((file) =>
		importsOf(file)
			.filter((asked) => others.some((other) => asked === other || asked.startsWith(`${other}/`)))
			.map((asked) => `${file.path} imports ${asked}`),
	);
}

it('imports are found, in every form', () => {
	const text = [
		"import { a } from '../nodes/A/a';",
		"import type { b } from '../nodes/B/b';",
		"export { c } from './c';",
		"const d = await import('./vendor/d');",
		"import '../e';",
		'const f = require("node:fs");',
	].join('\n');
	expect(importsOf({ path: 'transport/x/file.ts', text })).toEqual([
		'transport/nodes/A/a',
		'nodes/B/b',
		'transport/x/c',
		'transport/x/vendor/d',
		'transport/e',
		'node:fs',
	]);
	expect(importsInto('nodes', ['transport']).length).toBeGreaterThan(10);
});

describe('the transport', () => {
	const files = filesIn('transport');

	it('has its stages', () => {
		const paths = files.map(({ path }) => path);
		expect(paths).toEqual(expect.arrayContaining(['transport/run.ts', 'transport/vendor/zod.ts']));
	});

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

	it('imports nothing of the providers, nor of what only tests and demos have', () => {
		const others = ['nodes', 'credentials', 'sandbox', 'scripts', 'test', 'bench'];
		expect(importsInto('transport', others)).toEqual([]);
	});
});

it('credentials import nothing of the transport: n8n loads them at its start', () => {
	expect(importsInto('credentials', ['transport', 'nodes'])).toEqual([]);
});

it('the sandbox imports nothing of what it judges', () => {
	expect(importsInto('sandbox', ['transport', 'nodes', 'credentials'])).toEqual([]);
});
