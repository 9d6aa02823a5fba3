import type { Fault, Sandbox } from '../../sandbox';
import { subjects, type Subject } from '../providers';
import { prepare, testSideBySide, useSandbox, type Variation } from '../support/sandboxRun';

const sandbox = useSandbox();

const spellingsOf = (secret: string) => [
	secret,
	encodeURIComponent(secret),
	encodeURIComponent(secret).toLowerCase(),
	new URLSearchParams({ '': secret }).toString().slice(1),
	Buffer.from(secret).toString('base64'),
	Buffer.from(secret).toString('base64url'),
];

/** Everything that a value holds, the hidden parts of errors included. */
function dump(value: unknown, seen = new Set<unknown>()): string {
	if (typeof value !== 'object' || value === null) return String(value);
	if (seen.has(value)) return '';
	seen.add(value);
	return Reflect.ownKeys(value)
		.map((key) => `${String(key)} ${dump((value as Record<PropertyKey, unknown>)[key], seen)}`)
		.join('\n');
}

function expectNone(secret: string, values: unknown[]): void {
	const text = values.map((value) => dump(value)).join('\n');
	expect(text.length).toBeGreaterThan(20);
	for (const spelling of spellingsOf(secret)) expect(text).not.toContain(spelling);
	// nor a part of it, which cutting a text could leave
	expect(text).not.toContain(secret.slice(0, 8));
}

const echoesOf = (secret: string): [string, Fault][] => [
	['as it is', { kind: 'status', status: 400, body: { error: `unknown key ${secret}` } }],
	['in a URL', { kind: 'status', status: 400, body: `GET /?key=${encodeURIComponent(secret)}` }],
	['on success', { kind: 'status', status: 200, body: { [secret]: [secret] } }],
	['as a redirect', { kind: 'redirect', location: `/?key=${encodeURIComponent(secret)}` }],
	['with a 401', { kind: 'status', status: 401, body: `${secret} is not known` }],
	['where the excerpt ends', { kind: 'status', status: 400, body: 'x'.repeat(190) + secret }],
	[
		'where the longest body is cut',
		{ kind: 'status', status: 200, body: 'x'.repeat(65_520) + secret },
	],
	['with a 500', { kind: 'status', status: 500, body: secret }],
	[
		'in words of the provider',
		{
			kind: 'status',
			status: 200,
			body: { status: 'error', reason: `unknown ${secret}`, error: { msg: `unknown ${secret}` } },
		},
	],
];

/** All that a run gives, and all that it throws where it stops on error. */
async function runEachWay(subject: Subject, { url }: Sandbox, variation: Variation) {
	const items = [subject.item(0), subject.item(1)];
	const options = { maxRetries: 0, timeout: 200 };
	const { items: output, hints } = await prepare(subject, url, items, {
		options,
		...variation,
	}).run();
	const thrown = await prepare(subject, url, items, {
		options,
		...variation,
		settings: { onError: 'stopWorkflow' },
	})
		.run()
		.catch((error: unknown) => error);
	return [output, hints, thrown];
}

describe.each(subjects)('$provider.name $operation', (subject) => {
	const { secret } = subject;
	const expectNoSecret = (...values: unknown[]) => {
		expectNone(secret, values);
	};

	const runBothWays = (variation: Variation) => runEachWay(subject, sandbox(), variation);

	test.each(echoesOf(secret))('a provider that sends the secret back %s', async (_, fault) => {
		sandbox().setFaults([fault]);
		expectNoSecret(...(await runBothWays({})));
	});

	test('an unreachable host', async () => {
		const credential = subject.credential('http://127.0.0.1:9');
		expectNoSecret(...(await runBothWays({ credential })));
	});

	test('a Base URL that cannot be used', async () => {
		expectNoSecret(...(await runBothWays({ credential: { baseUrl: 'http://example.com' } })));
	});

	test('a preview', async () => {
		expectNoSecret(...(await runBothWays({ parameters: { previewOnly: true } })));
	});

	test('a secret mapped into a field by mistake', async () => {
		const { key } = subject.broken;
		const item = { ...subject.item(0), [key]: secret };
		const { items, hints } = await prepare(subject, sandbox().url, [item]).run();
		expectNoSecret(items, hints);
	});
});

const withoutAnswer: [string, Fault[]][] = [
	['a timeout', [{ kind: 'hang' }]],
	['a reset', [{ kind: 'resetBefore' }]],
	['garbage', [{ kind: 'garbage' }]],
];
for (const subject of subjects) {
	for (const [name, faults] of withoutAnswer) {
		const fullName = `${subject.provider.name} ${subject.operation} ${name}`;
		testSideBySide(fullName, async (sandbox) => {
			sandbox.setFaults(faults);
			expectNone(subject.secret, await runEachWay(subject, sandbox, {}));
		});
	}
}
