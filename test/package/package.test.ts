import { execFileSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { projectRoot } from '../../scripts/package/project';

interface Manifest {
	readonly dependencies?: object;
	readonly peerDependencies: object;
	readonly scripts: Readonly<Record<string, string>>;
	readonly n8n: { readonly nodes: readonly string[]; readonly credentials: readonly string[] };
}

const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Manifest;

/** What `npm publish` would ship. */
const [packed] = JSON.parse(
	execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
		cwd: projectRoot,
		encoding: 'utf8',
	}),
) as [{ size: number; files: { path: string; size: number }[] }];
const paths = packed.files.map(({ path }) => path);

/** The files that are loaded in a fresh process by requiring these. */
function loadedBy(...files: readonly string[]): string[] {
	const script = `for (const file of ${JSON.stringify(files)}) require(file);
		process.stdout.write(JSON.stringify(Object.keys(require.cache)));`;
	const output = execFileSync(process.execPath, ['-e', script], {
		cwd: projectRoot,
		encoding: 'utf8',
	});
	return (JSON.parse(output) as string[]).filter((path) =>
		path.startsWith(join(projectRoot, 'dist')),
	);
}

test('the package needs nothing but what n8n gives', () => {
	expect(manifest.dependencies ?? {}).toEqual({});
	expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
});

test('the tarball is under 500 kB, without sources and tests', () => {
	expect(packed.size).toBeLessThan(500_000);
	expect(paths.filter((path) => !path.startsWith('dist/')).sort()).toEqual([
		'LICENSE',
		'README.md',
		'package.json',
	]);
	expect(paths.filter((path) => /\.ts$|test|sandbox/.test(path))).toEqual([]);
});

const names = ['Justtrack', 'MyTracker', 'Singular', 'TwentyFourMetrics', 'Runative'];

test('package.json names five nodes and their credentials, and nothing else is built', () => {
	expect(manifest.n8n).toMatchObject({
		nodes: names.map((name) => `dist/nodes/${name}/${name}.node.js`),
		credentials: names.map((name) => `dist/credentials/${name}Api.credentials.js`),
	});
	expect(paths.filter((path) => path.endsWith('.node.js'))).toHaveLength(names.length);
	expect(paths.filter((path) => path.endsWith('.credentials.js'))).toHaveLength(names.length);
});

test('every node and credential of package.json is in the tarball, with its icons and codex', () => {
	for (const path of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
		expect(paths).toContain(path);
	}
	for (const path of manifest.n8n.nodes) expect(paths).toContain(path.replace(/\.js$/, '.json'));
	const icons = paths.filter((path) => path.endsWith('.svg'));
	expect(icons).toHaveLength(2 * names.length);
});

test('libraries are inside, one copy each, with their licences', () => {
	const code = packed.files.filter(({ path }) => path.endsWith('.js'));
	const asksForThem = ({ path }: { path: string }) =>
		/require\(["'](?:undici|zod|csv-|pg["'/])/.test(readFileSync(join(projectRoot, path), 'utf8'));
	expect(code.filter(asksForThem)).toEqual([]);
	// our own files are small: whatever is large is a library
	expect(
		code
			.filter(({ size }) => size > 25_000)
			.map(({ path }) => path)
			.sort(),
	).toEqual(['csvParse', 'pg', 'undici', 'zod'].map((name) => `dist/transport/vendor/${name}.js`));
	expect(paths).toContain('dist/transport/vendor/csvStringify.js');
	expect(paths).toContain('dist/transport/vendor/LICENSES.txt');
});

describe('the licences of all that is bundled', () => {
	/** The files of packages that go into the bundles, by esbuild's own account. */
	function bundledFiles(): string[] {
		const script = `const { metafile } = require('esbuild').buildSync({
				entryPoints: ['undici', 'zod', 'csvParse', 'csvStringify', 'pg'].map((name) => 'transport/vendor/' + name + '.ts'),
				outdir: 'nowhere', write: false, bundle: true, platform: 'node', metafile: true, external: ['pg-native'] });
			process.stdout.write(JSON.stringify(Object.keys(metafile.inputs)));`;
		const output = execFileSync(process.execPath, ['-e', script], {
			cwd: projectRoot,
			encoding: 'utf8',
		});
		return (JSON.parse(output) as string[]).filter((path) => path.includes('node_modules/'));
	}

	const licences = readFileSync(join(projectRoot, 'dist/transport/vendor/LICENSES.txt'), 'utf8');
	const files = bundledFiles();
	const folders = [...new Set(files.map((file) => dirname(file)))];

	test('name every package, each with its whole licence', () => {
		const packages = new Set(
			files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? file),
		);
		expect([...packages]).toEqual(
			expect.arrayContaining(
				['csv-parse', 'csv-stringify', 'pg', 'undici', 'zod'].map((name) => `node_modules/${name}`),
			),
		);
		for (const home of packages) {
			const { name, version } = JSON.parse(
				readFileSync(join(projectRoot, home, 'package.json'), 'utf8'),
			) as { name: string; version: string };
			expect(licences).toContain(`${name} ${version}\n`);
			const files = readdirSync(join(projectRoot, home));
			const file =
				files.find((one) => /^licen[cs]e/i.test(one)) ?? files.find((one) => /^readme/i.test(one));
			const text = readFileSync(join(projectRoot, home, file ?? ''), 'utf8');
			// in a read-me file it comes last
			const licence = /^#+ *licen[cs]e *$([^]*)/im.exec(text)?.[1] ?? text;
			expect(licences).toContain(licence.trim());
		}
	});

	test('hold those of folders that have one of their own', () => {
		const own = folders.flatMap((folder) =>
			['LICENSE', 'LICENSE.md']
				.map((name) => join(projectRoot, folder, name))
				.filter((path) => existsSync(path)),
		);
		expect(own).not.toEqual([]);
		for (const path of own) expect(licences).toContain(readFileSync(path, 'utf8').trim());
	});

	test('name works inside packages that come without: the HTTP parser llhttp, ws, formdata-polyfill', () => {
		expect(files).toContain('node_modules/undici/lib/llhttp/llhttp-wasm.js');
		expect(licences).toMatch(/^undici [\d.]+: llhttp$/m);
		expect(licences).toContain('Copyright Fedor Indutny, 2018.');
		expect(licences).toMatch(/^undici [\d.]+: ws$/m);
		expect(licences).toContain('Einar Otto Stangvik');
		expect(licences).toMatch(/^undici [\d.]+: formdata-polyfill$/m);
		expect(licences).toContain('Jimmy Karl Roland Wärting');
	});

	describe('are asked for by the build', () => {
		const { licencesOf } = jest.requireActual<{
			licencesOf: (root: string, files: readonly string[]) => Promise<string>;
		}>('../../scripts/package/licences.js');
		let root = '';
		beforeEach(() => {
			root = mkdtempSync(join(tmpdir(), 'licences-'));
		});
		afterEach(() => {
			rmSync(root, { recursive: true });
		});
		const write = (path: string, text: string) => {
			mkdirSync(dirname(join(root, path)), { recursive: true });
			writeFileSync(join(root, path), text);
		};
		const home = 'node_modules/@some/work';
		const writePackage = () => {
			write(`${home}/package.json`, '{ "name": "@some/work", "version": "1.2.3" }');
			write(`${home}/lib/index.js`, 'exports.answer = 42;');
		};

		test('of a package, which may have it in a file of any usual name', async () => {
			writePackage();
			write(`${home}/LICENCE.md`, 'Do as you like.');
			expect(await licencesOf(root, [`${home}/lib/index.js`, 'transport/own.ts'])).toBe(
				'@some/work 1.2.3\n================\n\nDo as you like.\n',
			);
		});

		test('of a package that has it in its read-me file alone', async () => {
			writePackage();
			write(`${home}/README.md`, '# work\n\nDoes it.\n\n## License\n\nCopyright Someone. Do.\n');
			expect(await licencesOf(root, [`${home}/lib/index.js`])).toContain(
				'\n\nCopyright Someone. Do.\n',
			);
		});

		test('of a package whose read-me file only names it, which ends the build', async () => {
			writePackage();
			write(`${home}/README.md`, '# work\n\n## License\n\nMIT\n');
			await expect(licencesOf(root, [`${home}/lib/index.js`])).rejects.toThrow(
				'has no licence text',
			);
		});

		test('of a package without one, which ends the build', async () => {
			writePackage();
			await expect(licencesOf(root, [`${home}/lib/index.js`])).rejects.toThrow(
				'@some/work 1.2.3 is bundled, and has no licence text.',
			);
		});

		test.each([
			['WebAssembly', `const parser = 'AGFzbQEAAAABQgtg';`],
			['a note', '/*! other. MIT License. Someone */'],
			['a note on the rights', '// Copyright (c) 2011 Someone'],
		])('of a work inside a package, which is told by %s', async (_, source) => {
			writePackage();
			write(`${home}/LICENSE`, 'Do as you like.');
			write(`${home}/lib/index.js`, source);
			await expect(licencesOf(root, [`${home}/lib/index.js`])).rejects.toThrow(
				`${home}/lib/index.js seems to hold a work of others`,
			);
		});
	});
});

test('the client of PostgreSQL is JavaScript alone, and is loaded where the record is there, not before', () => {
	const postgres = join(projectRoot, 'dist/transport/store/postgres');
	expect(loadedBy(join(postgres, 'open.js'))).not.toContain(
		join(projectRoot, 'dist/transport/vendor/pg.js'),
	);
	const script = `process.env.NODE_PG_FORCE_NATIVE = '1';
		const { Pool } = require('./dist/transport/vendor/pg.js');
		process.stdout.write(typeof new Pool().query);`;
	const options = { cwd: projectRoot, encoding: 'utf8' } as const;
	expect(execFileSync(process.execPath, ['-e', script], options)).toBe('function');
});

test("n8n's start loads the descriptions, not the transport", () => {
	const entries = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
	const files = entries.map((path) => join(projectRoot, path));
	expect(files.every(existsSync)).toBe(true);
	const loaded = loadedBy(...files).map((path) => path.slice(projectRoot.length + 1));
	expect(loaded).toEqual(expect.arrayContaining(entries));
	expect(loaded.filter((path) => /vendor|transport\/(?:run|http|send)\.js/.test(path))).toEqual([]);
});

test('libraries for files are loaded by a run on a file alone', () => {
	const ways = ['run', 'ways/file', 'fileRun'].map((name) =>
		join(projectRoot, 'dist/transport', `${name}.js`),
	);
	expect(loadedBy(...ways).filter((path) => path.includes('vendor/csv'))).toEqual([]);
});

test('the HTTP client, which takes longest to load, is loaded in a turn of the event loop of its own', () => {
	const script = `const Module = require('node:module');
		let turn = 'the same turn';
		const load = Module._load;
		Module._load = function (name, ...others) {
			if (/vendor\\/undici/.test(name)) process.stdout.write(turn);
			return load.call(this, name, ...others);
		};
		setImmediate(() => { turn = 'another turn'; });
		void require('./dist/transport/http/dispatcher.js').createDispatcher();`;
	const turn = execFileSync(process.execPath, ['-e', script], {
		cwd: projectRoot,
		encoding: 'utf8',
	});
	expect(turn).toBe('another turn');
});

/** Milliseconds that a fresh process takes to load all nodes and credentials, beyond n8n-workflow. */
function loadTime(): number {
	const entries = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
	const script = `require('n8n-workflow');
		const start = performance.now();
		for (const file of ${JSON.stringify(entries)}) require('./' + file);
		process.stdout.write(String(performance.now() - start));`;
	const output = execFileSync(process.execPath, ['-e', script], {
		cwd: projectRoot,
		encoding: 'utf8',
	});
	return Number(output);
}

test("n8n's start takes less than 80 ms longer for it", () => {
	// the least of a few: whatever else this machine does only adds to it
	const times = Array.from({ length: 5 }, loadTime);
	expect(Math.min(...times)).toBeGreaterThan(0);
	expect(Math.min(...times)).toBeLessThan(80);
});
