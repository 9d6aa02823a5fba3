const { execFile } = require('node:child_process');
const { rm, writeFile } = require('node:fs/promises');
const { promisify } = require('node:util');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');
const { licencesOf } = require('./scripts/package/licences');

const run = promisify(execFile);
const bundled = ['undici', 'zod', 'csvParse', 'csvStringify', 'pg'];

const clean = () => rm('dist', { recursive: true, force: true });

/** Type-checks everything, tests and the sandbox's page included. */
const typecheck = async () => {
	await tsc('--noEmit');
	await tsc('-p', 'sandbox/page');
};

/** One JavaScript file per source file, so that all nodes share one transport. */
const compile = () => tsc('-p', 'tsconfig.build.json');

async function tsc(...options) {
	await run(process.execPath, [require.resolve('typescript/bin/tsc'), ...options]).catch(
		(error) => {
			throw new Error(error.stdout);
		},
	);
}

/**
 * Puts undici, zod, csv-parse, csv-stringify and pg inside, one copy each, in place of the files that only re-export them. The
 * licences of all that comes inside ask to travel with it.
 */
async function bundle() {
	const { metafile } = await esbuild.build({
		entryPoints: bundled.map((name) => `transport/vendor/${name}.ts`),
		outdir: 'dist/transport/vendor',
		bundle: true,
		minify: true,
		platform: 'node',
		target: 'node22',
		format: 'cjs',
		legalComments: 'none',
		// pg could use a library outside of JavaScript, by this switch
		external: ['pg-native'],
		define: { 'process.env.NODE_PG_FORCE_NATIVE': '""' },
		metafile: true,
	});
	const licences = await licencesOf(__dirname, Object.keys(metafile.inputs));
	await writeFile('dist/transport/vendor/LICENSES.txt', licences);
}

const icons = () => src('icons/*.svg', { encoding: false }).pipe(dest('dist/icons'));

const codex = () => src('nodes/**/*.node.json').pipe(dest('dist/nodes'));

exports.clean = clean;
exports.build = series(
	// first, so that an error leaves the last build whole
	typecheck,
	clean,
	compile,
	parallel(bundle, icons, codex),
);
exports.default = exports.build;
