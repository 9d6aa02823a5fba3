import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { request } from 'undici';

import { trustedCertificate } from '../support/trust';
import { JUSTTRACK, query, SECRET, until } from './helper';

const ROOT = resolve(__dirname, '../..');

// A process takes its time to start.
jest.setTimeout(30_000);

let child: ChildProcess | undefined;

afterEach(() => {
	child?.kill('SIGKILL');
});

/** Runs what `npm run sandbox` runs. */
function start(args: string[], env: Record<string, string> = {}) {
	child = spawn(process.execPath, ['--import', 'tsx', 'sandbox/main.ts', ...args], {
		cwd: ROOT,
		env: { ...process.env, ...env },
	});
	const run = { child, output: '', exit: once(child, 'close') };
	for (const stream of [child.stdout, child.stderr]) {
		stream?.on('data', (chunk: Buffer) => {
			run.output += chunk.toString();
		});
	}
	return run;
}

it.each(['SIGINT', 'SIGTERM'] as const)(
	'prints where to go, logs requests without secrets, ends cleanly on %s',
	async (signal) => {
		const run = start([], { SANDBOX_PORT: '0' });
		await until(() => run.output.includes('/faults\n\n'));
		const url = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(run.output)?.[1] ?? '';
		for (const text of [
			`${url}/justtrack\n`,
			`${url}/myTracker\n`,
			`${url}/singular\n`,
			`${url}/24metrics/{integrationId}/{endpoint}\n`,
			`${url}/runative\n`,
			`faults:\n  ${url}/\n`,
			`curl ${url}/events`,
			`curl -X DELETE ${url}/events`,
			`curl -X PUT ${url}/faults -d `,
			`curl ${url}/faults`,
		]) {
			expect(run.output).toContain(text);
		}

		const reply = await request(`${url}${JUSTTRACK}?${query({ transactionid: 'a\nb' })}`);
		await reply.body.dump();
		const line = `GET ${JUSTTRACK} 200 "a\\nb"\n`;
		await until(() => run.output.endsWith(line));
		expect(run.output).not.toContain(SECRET);

		run.child.kill(signal);
		expect(await run.exit).toEqual([0, null]);
		expect(run.output.endsWith(line)).toBe(true);
	},
);

it.each(['-1', 'x', '65536'])('refuses port %s', async (port) => {
	const run = start([`--port=${port}`], { SANDBOX_PORT: '0' });
	expect(await run.exit).toEqual([1, null]);
	expect(run.output).toBe(`The port has to be a number from 0 to 65535, not "${port}".\n`);
});

it('speaks HTTP/2 over TLS when it is given a key and its certificate, and asks for both', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'revenue-relay-'));
	const files = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
	const certificate = await trustedCertificate();
	for (const name of ['key', 'cert'] as const) writeFileSync(files[name], certificate[name]);
	const run = start([`--key=${files.key}`, `--cert=${files.cert}`, '--port=0']);
	await until(() => run.output.includes('/faults\n\n'));
	expect(run.output).toMatch(/listens on https:\/\/127\.0\.0\.1:\d+\n/);
	const half = start([`--key=${files.key}`]);
	expect(await half.exit).toEqual([1, null]);
	expect(half.output).toContain('give both --key and --cert');
	run.child.kill('SIGKILL');
	rmSync(folder, { recursive: true });
});
