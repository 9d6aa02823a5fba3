import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '../../scripts/package/project';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'record-'));
});

afterEach(() => {
	rmSync(folder, { recursive: true });
});

/** What a process of its own prints that works with the built record in this file. */
function inProcess(script: string, path = join(folder, 'record.sqlite')) {
	const modules = join(projectRoot, 'dist/transport/store/sqlite');
	const { stdout, stderr, signal } = spawnSync(
		process.execPath,
		[
			'-e',
			`const { sqliteStore } = require(${JSON.stringify(join(modules, 'open.js'))});
			const store = sqliteStore(${JSON.stringify(path)});
			const begin = (execution) => store.begin({
				provider: 'provider', operation: 'purchase', account: '0a'.repeat(16),
				execution, keepDays: 14, mayRepeat: false,
			});
			const key = (number) => String(number).padStart(32, '0');
			const event = (number) => ({ key: key(number), content: '{}' });
			const print = (value) => process.stdout.write(JSON.stringify(value));
			(async () => { ${script} })().catch(({ kind, message }) => print({ kind, message }));`,
		],
		{ encoding: 'utf8', timeout: 20_000 },
	);
	expect(stderr).toBe('');
	return { signal, printed: stdout === '' ? undefined : (JSON.parse(stdout) as unknown) };
}

test('the built record is written in a thread, and a process that has it ends by itself', () => {
	const { printed, signal } = inProcess(`
		const run = begin('1');
		const claims = await run.claim([event(1), event(1)]);
		const marks = await run.mark([key(1)], 'sending');
		await run.end([{ key: key(1), outcome: 'delivered' }]);
		const isHere = process.moduleLoadList.includes('NativeModule sqlite');
		print({ claims, marks, again: (await run.claim([event(1)]))[0].kind, isHere });`);
	expect(signal).toBeNull();
	expect(printed).toEqual({
		claims: [{ kind: 'claimed' }, { kind: 'busy', execution: '1' }],
		marks: [true],
		again: 'delivered',
		isHere: false,
	});
});

test('right after kill -9, what waited is free, and what was being sent may have arrived', () => {
	const killed = inProcess(`
		const run = begin('1');
		await run.claim([event(1), event(2), event(3)]);
		await run.mark([key(2), key(3)], 'sending');
		await run.end([{ key: key(3), outcome: 'delivered' }]);
		process.kill(process.pid, 'SIGKILL');`);
	expect(killed.signal).toBe('SIGKILL');
	const { printed } = inProcess(`
		print((await begin('2').claim([1, 2, 3].map(event))).map(({ kind }) => kind));
		await store.close();`);
	expect(printed).toEqual(['claimed', 'unknown', 'delivered']);
	expect(readdirSync(folder)).toEqual(['record.sqlite']);
});

test('a record that the thread cannot open is told as what it is', () => {
	const { printed } = inProcess(`await begin('1').claim([event(1)]);`, join(folder));
	expect(printed).toMatchObject({
		kind: 'unopenable',
		message: expect.stringContaining(folder) as string,
	});
});
