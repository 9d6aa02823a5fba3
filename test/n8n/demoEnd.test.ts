/** How the demo ends when it is told to: with all that it started. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { until } from '../../scripts/n8n/until';
import { root } from '../support/imports';

/** The process and all that it and its children started. */
function familyOf(pid: number): number[] {
	const parents = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
		.trim()
		.split('\n')
		.map((line) => line.trim().split(/\s+/).map(Number));
	const family = [pid];
	for (const member of family) {
		for (const [child = 0, parent] of parents) if (parent === member) family.push(child);
	}
	return family;
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

// n8n is up by then, and at work
test.each([
	['demo', 'Running the workflow'],
	['demo:file', 'Letting n8n come to rest'],
])(
	'SIGTERM to npm ends %s, the sandbox, n8n and its children, and removes what they wrote',
	async (script, sign) => {
		const temporary = await mkdtemp(join(tmpdir(), 'revenue-relay-demo-'));
		const demo = spawn('npm', ['run', script, '--ignore-scripts'], {
			cwd: root,
			env: { ...process.env, TMPDIR: temporary },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let printed = '';
		for (const stream of [demo.stdout, demo.stderr]) {
			stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
		}
		const started = demo.pid ?? 0;
		let family: number[] = [];
		try {
			await until(sign, 120_000, () => printed.includes(sign) || undefined);
			family = familyOf(started);
			// npm, its shell, the demo, n8n and n8n's task runner
			expect(family.length).toBeGreaterThanOrEqual(5);
			demo.kill('SIGTERM');
			await until('the end of all', 30_000, () => !family.some(isAlive) || undefined);
			expect(printed).toContain('Ending ...');
			const left = (await readdir(temporary)).filter((name) => name.startsWith('revenue-relay'));
			expect(left).toEqual([]);
		} finally {
			for (const pid of family.filter(isAlive)) process.kill(pid, 'SIGKILL');
			if (demo.exitCode === null && demo.signalCode === null) {
				demo.kill('SIGKILL');
				await once(demo, 'exit');
			}
			await rm(temporary, { recursive: true, force: true });
		}
	},
	180_000,
);
