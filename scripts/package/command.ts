import { spawn } from 'node:child_process';

import { projectRoot } from './project';

const TOLD_LINES = 40;

/** Runs npm in the project and returns what it writes to standard output. */
export async function runNpm(args: string[]): Promise<string> {
	// Under an npm script, `npm_execpath` is that very npm; what npm tells the script about itself is not for the next one.
	const cli = process.env.npm_execpath;
	const env = Object.fromEntries(
		Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|INIT_CWD$)/i.test(name)),
	);
	if (cli !== undefined && /npm-cli\.c?js$/.test(cli)) {
		return await runCommand(process.execPath, [cli, ...args], env);
	}
	return process.platform === 'win32'
		? await runCommand(process.env.ComSpec ?? 'cmd.exe', ['/d', '/c', 'npm', ...args], env)
		: await runCommand('npm', args, env);
}

/**
 * Runs a command in the project and returns what it writes to standard output.
 *
 * @throws {Error} with the last lines of its output when it fails
 */
export async function runCommand(
	command: string,
	args: string[],
	env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
	return await new Promise((done, failed) => {
		const child = spawn(command, args, {
			cwd: projectRoot,
			env,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let output = '';
		let all = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			output += text;
			all += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			all += text;
		});
		child.once('error', failed);
		child.once('close', (code) => {
			if (code === 0) done(output);
			else {
				const last = all.trimEnd().split('\n').slice(-TOLD_LINES).join('\n');
				failed(new Error(`${command} ${args.join(' ')} ended with code ${String(code)}:\n${last}`));
			}
		});
	});
}
