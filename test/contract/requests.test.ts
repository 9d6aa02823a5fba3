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

/** The order of parameters means nothing, in a query or in a body. */
function comparable(request: RecordedRequest | undefined) {
	if (!request) throw new Error('nothing was sent');
	const { target: _, body, ...rest } = request;
	return { ...rest, body: body === '' ? undefined : (JSON.parse(body) as object) };
}

describe.each(subjects)('$provider.name $operation', (subject) => {
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
			credentialType: subject.provider.credential,
			items: [subject.item(3)],
		});
		await new RoutingNode(context, nodeType).runNode();
		const theirs = comparable(recorder.requests.shift());
		const ours = comparable(await send(subject, parameters, subject.item(3)));
		expect(ours).toEqual(theirs);
		const sent = ours.query.length + Object.keys(ours.body ?? {}).length;
		expect(sent).toBeGreaterThan(Object.keys(subject.item(3)).length);
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
