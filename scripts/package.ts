import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(__dirname, '..');

export const packageName = (
	JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { name: string }
).name;

/** What `npm run build` reads: newer than `dist`, and `dist` is out of date. */
const buildInputs = [
	'credentials',
	'icons',
	'nodes',
	'transport',
	'gulpfile.js',
	'package.json',
	'tsconfig.json',
	'tsconfig.build.json',
];

export async function buildPackage(): Promise<void> {
	await runNpm(['run', 'build'], projectRoot);
}

/** For tests: always what the sources say, without building on every run. */
export async function buildPackageIfStale(): Promise<void> {
	const built = times(join(projectRoot, 'dist')).filter((time) => time > 0);
	const newestInput = Math.max(...buildInputs.flatMap((path) => times(join(projectRoot, path))));
	if (built.length === 0 || Math.max(...built) < newestInput) await buildPackage();
}

/**
 * Puts the package where n8n's own installer puts it: exactly the files that `npm publish` would ship, unpacked to
 * `<nodes folder>/node_modules/<name>`.
 */
export async function installPackageInto(nodesFolder: string): Promise<void> {
	const scratch = await mkdtemp(join(tmpdir(), 'revenue-relay-pack-'));
	try {
		await runNpm(['pack', '--ignore-scripts', '--pack-destination', scratch], projectRoot);
		const tarball = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
		if (tarball === undefined) throw new Error('npm pack made no tarball');
		const target = join(nodesFolder, 'node_modules', packageName);
		await mkdir(target, { recursive: true });
		await runCommand('tar', ['-xzf', join(scratch, tarball), '--strip-components=1', '-C', target]);
	} finally {
		await rm(scratch, { recursive: true, force: true });
	}
}

async function runNpm(args: string[], cwd: string): Promise<void> {
	// Under an npm script, `npm_execpath` is that very npm; what npm tells the script about itself is not for the next one.
	const cli = process.env.npm_execpath;
	const env = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|INIT_CWD$)/i.test(name)),
	);
	if (cli !== undefined && /npm-cli\.c?js$/.test(cli)) {
		await runCommand(process.execPath, [cli, ...args], { cwd, env });
	} else if (process.platform === 'win32') {
		await runCommand(process.env.ComSpec ?? 'cmd.exe', ['/d', '/c', 'npm', ...args], { cwd, env });
	} else {
		await runCommand('npm', args, { cwd, env });
	}
}

async function runCommand(
	command: string,
	args: string[],
	options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
	await new Promise<void>((done, failed) => {
		const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
		let output = '';
		const collect = (chunk: Buffer) => (output += chunk.toString());
		child.stdout.on('data', collect);
		child.stderr.on('data', collect);
		child.once('error', failed);
		child.once('close', (code) => {
			if (code === 0) done();
			else {
				const last = output.trimEnd().split('\n').slice(-40).join('\n');
				failed(new Error(`${command} ${args.join(' ')} ended with code ${String(code)}:\n${last}`));
			}
		});
	});
}

/** When each file below a path was last changed; nothing if there is no such path. */
function times(path: string): number[] {
	if (!existsSync(path)) return [];
	const status = statSync(path);
	if (!status.isDirectory()) return [status.mtimeMs];
	return readdirSync(path).flatMap((name) => times(join(path, name)));
}
