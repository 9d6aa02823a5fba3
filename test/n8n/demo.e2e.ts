/** The demo's examples in n8n; `e2e.test.ts` runs them. What `npm run demo` does beside is to start and end n8n. */
import { runExamples } from '../../scripts/demo/all';
import { examples, providers } from '../../scripts/demo/examples';
import { queueExample, reportExample } from '../../scripts/demo/queue';
import { n8n, sandbox } from './harness';

export function demoTests(): void {
	test('every example runs, each row and each cent of it is accounted for, and the print says so', async () => {
		let printed = '';
		const print = (text: unknown) => {
			printed += `${String(text)}\n`;
			return true;
		};
		const spies = [
			jest.spyOn(console, 'log').mockImplementation(print),
			jest.spyOn(process.stdout, 'write').mockImplementation(print),
		];
		const imported = jest.spyOn(n8n, 'createWorkflow');
		let addsUp: boolean;
		try {
			addsUp = await runExamples(n8n, sandbox, new AbortController().signal);
		} finally {
			for (const spy of spies) spy.mockRestore();
		}
		const workflows = imported.mock.calls.map(([{ name }]) => name);
		imported.mockRestore();
		// each stands once in n8n's list
		expect(new Set(workflows).size).toBe(workflows.length);

		// with all that was printed, to see in a failure what is wrong
		expect({ addsUp, printed }).toEqual({
			addsUp: true,
			printed: expect.stringContaining('Everything adds up') as unknown,
		});
		for (const { workflow } of [...examples, queueExample, reportExample])
			expect(printed).toContain(workflow);
		// by the names that people know
		for (const { name, displayName } of providers) {
			expect(printed).toContain(`\n  ${displayName} `);
			if (name !== displayName) expect(printed).not.toContain(`  ${name} `);
		}
	});
}
