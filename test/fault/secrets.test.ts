import type { IDataObject, NodeOperationError } from 'n8n-workflow';

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
async function runEachWay(
	subject: Subject,
	{ url }: Sandbox,
	variation: Variation,
	items: readonly IDataObject[] = [subject.item(0), subject.item(1)],
) {
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

	test('a key of 5,000 characters: nothing is thrown, and it is in nothing that is told', async () => {
		const key = 'Zq7+/=%&\\'.repeat(555);
		const [secretField] = subject.provider.credential.properties.filter(
			({ typeOptions }) => typeOptions?.password,
		);
		// which becomes part of a host name has its own limit
		if (subject.provider.name === 'twentyFourMetrics') return;
		sandbox().setFaults([{ kind: 'status', status: 400, body: key }]);
		const credential = { [String(secretField?.name)]: key };
		expectNone(key, await runBothWays({ credential }));
	});

	test('an unreachable host', async () => {
		const credential = subject.credential('http://127.0.0.1:9');
		expectNoSecret(...(await runBothWays({ credential })));
	});

	test('a Base URL that cannot be used', async () => {
		expectNoSecret(
			...(await runBothWays({ credential: { useSandbox: false, baseUrl: 'http://example.com' } })),
		);
	});

	test('a preview', async () => {
		expectNoSecret(...(await runBothWays({ parameters: { previewOnly: true } })));
	});

	test('a secret in columns that stand in the output, by mistake', async () => {
		const { key, value } = subject.broken;
		const stray = {
			note: secret,
			link: `https://example.com/?key=${encodeURIComponent(secret)}`,
			nested: { list: [Buffer.from(secret).toString('base64')] },
			[`of ${secret}`]: 'in a name',
		};
		const items = [
			{ ...subject.item(0), ...stray },
			{ ...subject.item(1), ...stray, [key]: value } as IDataObject,
		];
		const { items: rows, hints } = await prepare(subject, sandbox().url, items, {
			options: { includeInput: true },
		}).run();
		expect(rows.map(({ json }) => json.note)).toEqual(['***', '***']);
		expectNoSecret(rows, hints);
	});

	test('an ID that is the secret, by mistake, in items and in the error of a stop', async () => {
		const { key, value } = subject.broken;
		const { idKey } = subject.provider.operations[subject.operation] ?? {};
		const items = Array.from({ length: 12 }, (_, number) => ({
			...subject.item(number),
			...(idKey !== undefined && { [idKey]: secret }),
			[key]: value,
			name: secret,
		})) as IDataObject[];
		const parameters = { eventId: '={{ $json.name }}' };
		const told = await runEachWay(subject, sandbox(), { parameters }, items);
		expectNoSecret(...told);
		// what more than ten rows need: the table in the details
		expect((told[2] as NodeOperationError).messages.length).toBeGreaterThan(13);
	});

	test('a secret mapped into a field by mistake', async () => {
		const { key } = subject.broken;
		const item = { ...subject.item(0), [key]: secret };
		const { items, hints } = await prepare(subject, sandbox().url, [item]).run();
		expectNoSecret(items, hints);
	});
});

/** Words that our output, replies and requests are made of. */
const words = ['delivered', 'outcome', 'status', 'true', 'error', 'reason', 'message', 'invalid'];

/** All that a run tells but its words: what an event ended as, and what its output is called. */
function factsOf({ items, hints }: Awaited<ReturnType<ReturnType<typeof prepare>['run']>>) {
	return {
		items: items.map(({ json }) => {
			const { outcome, details, ...rest } = json as Record<string, Record<string, unknown>>;
			const { fields, ...facts } = details ?? {};
			return {
				outcome,
				facts,
				fields: (fields as { field: string }[] | undefined)?.map(({ field }) => field),
				keys: Object.keys(rest),
				response: Object.keys(rest.response ?? {}),
				request: Object.keys(rest.request?.body ?? {}),
			};
		}),
		hints: hints.map(({ type, message }) => [type, message.split('.')[0]]),
	};
}

const answers: [string, Fault[]][] = [
	['as it does', []],
	['400', [{ kind: 'status', status: 400, body: { error: 'Bad Request' } }]],
	['401', [{ kind: 'status', status: 401, body: { error: 'no' } }]],
	['500', [{ kind: 'status', status: 500, body: { error: 'Internal Server Error' } }]],
	[
		'with its own refusal',
		[{ kind: 'status', status: 200, body: { status: 'error', error: { msg: 'invalid code' } } }],
	],
	['garbage', [{ kind: 'garbage' }]],
];

describe.each(subjects)(
	'a secret that is a word changes nothing: $provider.name $operation',
	(subject) => {
		const secretField = String(
			subject.provider.credential.properties.find(({ typeOptions }) => typeOptions?.password)?.name,
		);

		test.each(answers)('where the provider answers %s', async (_, faults) => {
			const items = [
				subject.item(0),
				{ ...subject.item(1), [subject.broken.key]: subject.broken.value } as IDataObject,
				{ ...subject.item(2), status: 'a column' },
			];
			const runWith = async (secret: string) => {
				sandbox().reset();
				sandbox().setFaults(faults);
				return factsOf(
					await prepare(subject, sandbox().url, items, {
						options: { maxRetries: 0 },
						credential: { [secretField]: secret },
					}).run(),
				);
			};
			const usual = await runWith(subject.secret);
			for (const word of words) expect([word, await runWith(word)]).toEqual([word, usual]);
		});

		test('in a preview', async () => {
			const show = async (secret: string) =>
				factsOf(
					await prepare(subject, sandbox().url, [subject.item(0)], {
						parameters: { previewOnly: true },
						credential: { [secretField]: secret },
					}).run(),
				);
			const usual = await show(subject.secret);
			for (const word of words) expect([word, await show(word)]).toEqual([word, usual]);
		});
	},
);

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
