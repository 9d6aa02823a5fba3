/**
 * Brings a fresh clone to where the tests and the demo can run: this project's packages, and a real n8n in .n8n-host.
 *
 *     node scripts/setup.mjs [--without-n8n]
 *
 * Plain JavaScript without dependencies, for any Node from 20 on, since it runs before anything is installed.
 * It says nothing when there is nothing to do.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	closeSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	openSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const bin = join(modules, '.bin');
const lockFile = join(root, 'package-lock.json');
/** npm writes this file at the very end of an install: it stands for a whole one. */
const installedLockFile = join(modules, '.package-lock.json');
const hostSource = join(root, 'test', 'n8n', 'host');
const host = join(root, '.n8n-host');
const stampFile = join(host, '.installed');
const windows = process.platform === 'win32';

class SetupError extends Error {}

let child;

try {
	await main(process.argv.slice(2));
} catch (error) {
	console.error(error instanceof SetupError ? `\nsetup: ${error.message}` : error);
	process.exitCode = 1;
}

async function main(args) {
	const unknown = args.filter((arg) => arg !== '--without-n8n');
	if (unknown.length > 0) {
		throw new SetupError(`unknown option ${unknown.join(' ')}. Known: --without-n8n`);
	}
	const withN8n = !args.includes('--without-n8n');
	const isDone = () => projectIsInstalled() && (!withN8n || n8nIsInstalled());
	if (isDone()) return;

	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.once(signal, () => {
			child?.kill(signal);
			process.exit(130);
		});
	}
	if (!projectIsInstalled()) await installProject();
	if (withN8n && !n8nIsInstalled()) await installN8n();
}

// ---------------------------------------------------------------- this project's packages

function projectIsInstalled() {
	if (!existsSync(installedLockFile) || !existsSync(nodeBinary())) return false;
	return modifiedAt(installedLockFile) >= modifiedAt(lockFile);
}

async function installProject() {
	await run({
		title: "Installing this project's packages (npm install)",
		note: 'the first time takes about a minute',
		...npm(['install', '--include=dev', '--no-fund', '--no-audit']),
		cwd: root,
		env: withoutNpmScriptVariables(process.env),
		log: join(host, 'npm-install.log'),
		advice: 'Check the network and the registry (npm config get registry), then run: npm install',
	});
	if (!existsSync(installedLockFile) || !existsSync(nodeBinary())) {
		throw new SetupError(
			'npm install ended well, but node_modules is not complete (install scripts off?). ' +
				'Remove node_modules and run: npm install',
		);
	}
	// npm leaves the time as it was when it had nothing to change.
	const now = new Date();
	utimesSync(installedLockFile, now, now);
}

// ---------------------------------------------------------------- n8n

/** Names everything that the install depends on, so that it is renewed exactly when one of them changes. */
function n8nStamp() {
	const hash = createHash('sha256');
	for (const name of ['package.json', 'pnpm-lock.yaml']) {
		hash.update(readFileSync(join(hostSource, name))).update('\0');
	}
	hash.update(`${nodeVersion().split('.')[0]} ${process.platform} ${process.arch}`);
	return hash.digest('hex');
}

function n8nIsInstalled() {
	return existsSync(stampFile) && readFileSync(stampFile, 'utf8').trim() === n8nStamp();
}

async function installN8n() {
	// The stamp goes first and comes last. What an interrupted install has left cannot be trusted
	// (a native module may lack its build), and pnpm's own store makes starting over cheap.
	rmSync(stampFile, { force: true });
	rmSync(join(host, 'node_modules'), { recursive: true, force: true, maxRetries: 3 });
	mkdirSync(host, { recursive: true });
	for (const name of ['package.json', 'pnpm-lock.yaml']) {
		copyFileSync(join(hostSource, name), join(host, name));
	}

	const version = JSON.parse(readFileSync(join(hostSource, 'package.json'), 'utf8')).dependencies
		.n8n;
	// `node` must be the project's Node 24, whatever Node started this: native modules are built for it.
	const env = {
		...withoutNpmScriptVariables(process.env),
		PATH: [bin, process.env.PATH].join(delimiter),
	};
	const headers = await findNodeHeaders();
	if (headers === undefined) delete env.npm_config_nodedir;
	else env.npm_config_nodedir = headers;

	await run({
		title: `Installing n8n ${version} into .n8n-host (about 2 GB)`,
		note: 'the first time takes one or two minutes',
		command: nodeBinary(),
		args: [
			join(modules, 'pnpm', 'bin', 'pnpm.cjs'),
			'install',
			'--frozen-lockfile',
			'--ignore-workspace',
			'--reporter=append-only',
			'--config.auto-install-peers=true',
			'--config.strict-peer-dependencies=false',
			'--config.manage-package-manager-versions=false',
			'--config.confirm-modules-purge=false',
		],
		cwd: host,
		env,
		log: join(host, 'install.log'),
		advice:
			'When a registry cannot be reached: check the network and run this again.\n' +
			'When sqlite3 did not build: it is compiled where no ready-made build can be downloaded, which needs Python 3, make and a C++ compiler\n  (Debian, Ubuntu: apt-get install python3 make g++; macOS: xcode-select --install), then run this again.',
	});
	verifyN8n(env);
	rmSync(join(host, '.headers'), { recursive: true, force: true });
	// Written beside and renamed: a stamp is there whole or not at all.
	writeFileSync(`${stampFile}.new`, `${n8nStamp()}\n`);
	renameSync(`${stampFile}.new`, stampFile);
}

/** An install can end well without its native modules; n8n would then fail at its start, far from the cause. */
function verifyN8n(env) {
	const script = [
		`require('./node_modules/n8n/package.json')`,
		`for (const name of ['sqlite3', 'isolated-vm']) require('./node_modules/.pnpm/node_modules/' + name)`,
	].join(';');
	const check = spawnSync(nodeBinary(), ['--no-node-snapshot', '-e', script], {
		cwd: host,
		env,
		encoding: 'utf8',
	});
	if (check.status !== 0) {
		throw new SetupError(
			`n8n was installed, but a native module does not load:\n${indent(check.stderr.trim())}\n` +
				'On Debian or Ubuntu: apt-get install python3 make g++, then run this again.',
		);
	}
}

/**
 * The directory that holds Node 24's include/node, for node-gyp. The npm package `node` brings it, but leaves it to npm
 * as an unlisted package, so that the next `npm install` may remove it: then the same package is fetched once more.
 */
async function findNodeHeaders() {
	const version = nodeVersion();
	const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
	const name = `${prefix}-${windows ? 'win' : process.platform}-${process.arch}`;
	const fetched = join(host, '.headers');
	const candidates = [
		...subdirectories(join(modules, 'node', 'node_modules')),
		...subdirectories(modules).filter((path) => path.includes(`${name}`)),
		resolve(dirname(process.execPath), '..'),
		...subdirectories(join(fetched, 'node_modules')),
	];
	const find = () => candidates.find((path) => headersVersion(path) === version.split('.')[0]);
	const found = find();
	if (found !== undefined || windows) return found;

	mkdirSync(fetched, { recursive: true });
	writeFileSync(join(fetched, 'package.json'), '{ "private": true }\n');
	try {
		await run({
			title: `Fetching the headers of Node ${version}`,
			note: 'needed only where sqlite3 has to be compiled',
			...npm([
				'install',
				'--no-save',
				'--ignore-scripts',
				'--no-fund',
				'--no-audit',
				`${name}@${version}`,
			]),
			cwd: fetched,
			env: withoutNpmScriptVariables(process.env),
			log: join(host, 'headers.log'),
			advice: '',
		});
	} catch {
		console.log('setup: going on without them');
	}
	candidates.push(...subdirectories(join(fetched, 'node_modules')));
	return find();
}

function headersVersion(path) {
	const file = join(path, 'include', 'node', 'node_version.h');
	if (!existsSync(file)) return undefined;
	return /#define NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(file, 'utf8'))?.[1];
}

function nodeBinary() {
	return join(modules, 'node', 'bin', windows ? 'node.exe' : 'node');
}

function nodeVersion() {
	return JSON.parse(readFileSync(join(modules, 'node', 'package.json'), 'utf8')).version;
}

// ---------------------------------------------------------------- running and telling

/** Runs a command with its output in a log file, and says what goes on: a line that is rewritten, or one now and then. */
function run({ title, note, command, args, cwd, env, log, advice }) {
	const started = Date.now();
	const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
	const terminal = process.stdout.isTTY === true;
	console.log(`setup: ${title}; ${note}`);
	mkdirSync(dirname(log), { recursive: true });
	const output = openSync(log, 'w');

	return new Promise((done, failed) => {
		let last = '';
		child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (chunk) => {
				writeFileSync(output, chunk);
				last = progressOf(chunk.toString()) ?? last;
			});
		}
		const ticker = setInterval(
			() => {
				const line = `  ${elapsed()}  ${last}`.slice(0, (process.stdout.columns ?? 100) - 1);
				process.stdout.write(terminal ? `\r\x1b[K${line}` : `${line}\n`);
			},
			terminal ? 500 : 15_000,
		);
		const end = (error) => {
			clearInterval(ticker);
			closeSync(output);
			child = undefined;
			if (terminal) process.stdout.write('\r\x1b[K');
			if (error === undefined) {
				console.log(`setup: done in ${elapsed()}`);
				done();
				return;
			}
			const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-25).join('\n');
			failed(
				new SetupError(
					`${title}: ${error}. The last lines of ${log}:\n\n${indent(lines)}\n\n${advice}`,
				),
			);
		};
		child.once('error', (error) => end(error.message));
		child.once('close', (code, signal) =>
			end(code === 0 ? undefined : `ended with ${signal ?? `code ${code}`}`),
		);
	});
}

/** What a piece of output says about how far things are; a compiler's chatter says only that it compiles. */
function progressOf(text) {
	const line = text.trimEnd().split('\n').at(-1).replace(/\s+/g, ' ').trim();
	const script = /node_modules\/([^/ ]+) install:/.exec(line);
	if (script !== null) return `building ${script[1]}`;
	return /[a-z]/i.test(line) && !line.startsWith('npm warn') ? line : undefined;
}

/** The npm that started this script, run by the Node that runs npm: not by the one that an install may replace. */
function npm(args) {
	const cli = process.env.npm_execpath;
	if (cli !== undefined && /npm-cli\.c?js$/.test(cli)) {
		return { command: process.env.npm_node_execpath ?? process.execPath, args: [cli, ...args] };
	}
	return windows
		? { command: process.env.ComSpec ?? 'cmd.exe', args: ['/d', '/c', 'npm', ...args] }
		: { command: 'npm', args };
}

/**
 * npm tells a script about the run it belongs to. A nested npm or pnpm must not take that for its own settings,
 * nor find `node` in the directory it is about to write. Settings of the user (a registry, a proxy) stay.
 */
function withoutNpmScriptVariables(env) {
	const ofTheRun =
		/^(npm_package_.*|npm_lifecycle_.*|npm_command|INIT_CWD|npm_config_(global|local_prefix|dry_run|omit|include|only|production|ignore_scripts|package_lock|package_lock_only|workspace|workspaces|prefix|user_agent|if_present|script_shell))$/i;
	const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !ofTheRun.test(name)));
	delete clean.NODE_ENV;
	clean.PATH = (env.PATH ?? '')
		.split(delimiter)
		.filter((path) => !resolve(path).endsWith(join('node_modules', '.bin')))
		.join(delimiter);
	return clean;
}

function subdirectories(path) {
	if (!existsSync(path)) return [];
	return readdirSync(path, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map((entry) => join(path, entry.name));
}

function modifiedAt(path) {
	return statSync(path).mtimeMs;
}

function indent(text) {
	return text.replace(/^/gm, '  ');
}
