import { RoutingNode } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';

import { defaultsOf } from '../../transport/credential/read';
import { textOf } from '../../transport/credential/secrets';
import { subjects, type Subject } from '../providers';
import { createContext, runNode } from '../support/nodeRun';
import { startRecorder, type RecordedRequest } from '../support/recorder';

let recorder: Awaited<ReturnType<typeof startRecorder>>;
beforeAll(async () => {
	recorder = await startRecorder();
});
beforeEach(() => {
	recorder.requests.length = 0;
});
afterAll(() => recorder.close());

/** What goes out for one item. */
async function send(
	subject: Subject,
	parameters: INodeParameters,
	item: IDataObject,
	credential: IDataObject = {},
) {
	const values = { ...subject.credential(recorder.url), ...credential };
	await runNode({
		nodeType: subject.createNode(),
		parameters: { operation: subject.operation, ...subject.parameters, ...parameters },
		credential: values as ICredentialDataDecryptedObject,
		items: [item],
		// what the recorder answers is not every provider's
		settings: { onError: 'continueRegularOutput' },
	});
	return recorder.requests.shift();
}

/** The order of parameters means nothing, and n8n sends fields and lists that were left empty. */
function comparable(request: RecordedRequest | undefined) {
	if (!request) throw new Error('nothing was sent');
	const { target: _, body, query, ...rest } = request;
	return {
		...rest,
		query: query.filter(([, value]) => value !== '' && value !== '{}'),
		body: body === '' ? undefined : (JSON.parse(body) as object),
	};
}

/** What n8n's RoutingNode and the transport send of one item, mapped by hand. */
/** Of several credentials n8n's own way takes one by a parameter `authentication`; the record's is none of a request. */
function withOwnCredentialAlone(nodeType: INodeType): INodeType {
	const { credentials = [], ...description } = nodeType.description;
	const own = credentials.filter(({ name }) => name !== 'postgres');
	return { description: { ...description, credentials: own } };
}

async function sendBothWays(
	subject: Subject,
	more: INodeParameters,
	item: IDataObject,
	address: IDataObject = {},
) {
	const { isWithoutSecret } = subject.provider.operations[subject.operation] ?? {};
	const nodeType = subject.createNode();
	const parameters = {
		operation: subject.operation,
		dataMode: 'defineBelow',
		...subject.parameters,
		...more,
	};
	const context = createContext({
		nodeType,
		parameters,
		// n8n fills in the defaults of what was not entered
		credential: {
			...defaultsOf(subject.provider.credential),
			...subject.credential(recorder.url),
			...address,
		} as ICredentialDataDecryptedObject,
		// n8n would place the secret wherever a credential is chosen
		credentialType: isWithoutSecret ? undefined : subject.provider.credential,
		items: [item],
	});
	await new RoutingNode(context, withOwnCredentialAlone(nodeType)).runNode();
	const theirs = comparable(recorder.requests.shift());
	const ours = comparable(await send(subject, parameters, item, address));
	return { ours, theirs };
}

describe.each(subjects)('$provider.name $operation', (subject) => {
	test("n8n's own RoutingNode builds the same request from the same description", async () => {
		const { ours, theirs } = await sendBothWays(subject, subject.dragged, subject.item(3));
		expect(ours).toEqual(theirs);
		const text = JSON.stringify(ours);
		for (const value of Object.values(subject.item(3))) {
			if (typeof value !== 'object') expect(text).toContain(String(value));
		}
	});

	test("n8n's own RoutingNode goes to the Base URL where Use Sandbox is off", async () => {
		const { sandboxPath } = defaultsOf(subject.provider.credential);
		const address = { useSandbox: false, baseUrl: recorder.url + textOf(sandboxPath) };
		const item = subject.item(3);
		const inSandbox = await sendBothWays(subject, subject.dragged, item);
		const outside = await sendBothWays(subject, subject.dragged, item, address);
		expect(outside.theirs).toEqual(inSandbox.theirs);
		expect(outside.ours).toEqual(inSandbox.ours);
	});

	test('both ways of mapping send the same request', async () => {
		const dragged = await send(
			subject,
			{ dataMode: 'defineBelow', ...subject.dragged },
			subject.item(4),
		);
		const automatic = await send(subject, { dataMode: 'autoMapInputData' }, subject.item(4));
		expect(dragged?.target).toContain('?');
		expect(automatic).toEqual(dragged);
	});

	test('a path prefix of the Base URL is kept, a slash at its end is not doubled', async () => {
		const plain = await send(subject, { dataMode: 'autoMapInputData' }, subject.item(5));
		const { sandboxPath } = defaultsOf(subject.provider.credential);
		for (const address of [
			{ useSandbox: false, baseUrl: `${recorder.url}/relay${textOf(sandboxPath)}/` },
			{ sandboxUrl: `${recorder.url}/relay/` },
		]) {
			const item = subject.item(5);
			const prefixed = await send(subject, { dataMode: 'autoMapInputData' }, item, address);
			expect(prefixed?.path).toBe(`/relay${String(plain?.path)}`);
		}
	});
});

describe.each(subjects.filter(({ provider }) => provider.name === 'singular'))(
	'$provider.name $operation',
	(subject) => {
		test.each([undefined, 'v1', 'v2'])(
			"n8n's own RoutingNode goes to the same path with the API Version %p",
			async (apiVersion) => {
				const version = subject.operation === 'session' ? 'v1' : (apiVersion ?? 'v1');
				const more = {
					...subject.dragged,
					deviceIdentifiers: {
						sdid: '={{ $json.sdid }}',
						// n8n would send it to version 2 too, which does not know it
						...(version === 'v1' && { idfv: '={{ $json.idfv }}' }),
					},
					...(apiVersion !== undefined && { options: { apiVersion } }),
					additionalParameters: {
						pair: [
							{ name: 'install_source', value: '={{ $json.source }}' },
							{ name: 'global_properties', value: '{"größe & co":"+5%"}' },
						],
					},
				};
				const item = { ...subject.item(3), sdid: 'sdid-1', source: 'com.android.vending' };
				const { ours, theirs } = await sendBothWays(subject, more, item);
				expect(ours).toEqual(theirs);
				expect(ours.path).toContain(`/api/${version}/`);
				expect(Object.fromEntries(ours.query)).toMatchObject({
					sdid: 'sdid-1',
					install_source: 'com.android.vending',
				});
			},
		);
	},
);
