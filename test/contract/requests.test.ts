import { RoutingNode } from 'n8n-core';
import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

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

describe.each(subjects)('$provider.name $operation', (subject) => {
	const { isWithoutSecret } = subject.provider.operations[subject.operation] ?? {};

	test("n8n's own RoutingNode builds the same request from the same description", async () => {
		const nodeType = subject.createNode();
		const parameters = {
			operation: subject.operation,
			dataMode: 'defineBelow',
			...subject.parameters,
			...subject.dragged,
		};
		const context = createContext({
			nodeType,
			parameters,
			credential: subject.credential(recorder.url) as ICredentialDataDecryptedObject,
			// n8n would place the secret wherever a credential is chosen
			credentialType: isWithoutSecret ? undefined : subject.provider.credential,
			items: [subject.item(3)],
		});
		await new RoutingNode(context, nodeType).runNode();
		const theirs = comparable(recorder.requests.shift());
		const ours = comparable(await send(subject, parameters, subject.item(3)));
		expect(ours).toEqual(theirs);
		const text = JSON.stringify(ours);
		for (const value of Object.values(subject.item(3))) {
			if (typeof value !== 'object') expect(text).toContain(String(value));
		}
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
		const { baseUrl } = subject.credential(`${recorder.url}/relay`) as { baseUrl: string };
		const prefixed = await send(subject, { dataMode: 'autoMapInputData' }, subject.item(5), {
			baseUrl: `${baseUrl}/`,
		});
		expect(prefixed?.path).toBe(`/relay${String(plain?.path)}`);
	});
});
