import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import type { Subject } from '../providers';
import { createContext, runIn, type NodeResult } from './nodeRun';

/** One sandbox for a test file, emptied before each test. */
export function useSandbox(): () => Sandbox {
	let sandbox: Sandbox | undefined;
	const started = () => {
		if (!sandbox) throw new Error('the sandbox is started before the first test');
		return sandbox;
	};
	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	beforeEach(() => {
		started().reset();
	});
	afterAll(async () => {
		await sandbox?.close();
	});
	return started;
}

/** How a test differs from the plain run: automatic mapping, items go on after an error. */
export interface Variation {
	readonly parameters?: INodeParameters;
	readonly options?: INodeParameters;
	readonly credential?: IDataObject;
	readonly settings?: Partial<Pick<INode, 'onError' | 'retryOnFail'>>;
	readonly abortSignal?: AbortSignal;
}

/** A context for the subject's node against the sandbox, to be run once or, as a retry, again. */
export function prepare(
	subject: Subject,
	baseUrl: string,
	items: readonly IDataObject[],
	{ parameters, options = {}, credential, settings, abortSignal }: Variation = {},
) {
	const nodeType = subject.createNode();
	const context = createContext({
		nodeType,
		parameters: {
			operation: subject.operation,
			dataMode: 'autoMapInputData',
			...subject.parameters,
			options: { ...subject.oneByOne, ...options },
			...parameters,
		},
		credential: { ...subject.credential(baseUrl), ...credential } as never,
		items,
		settings: { onError: 'continueRegularOutput', ...settings },
		abortSignal,
	});
	return { context, run: (): Promise<NodeResult> => runIn(context, nodeType) };
}

/** The outcome of each output item, wherever the Contract puts it. */
export function outcomesOf({ items }: NodeResult): unknown[] {
	return items.map(({ json }) => {
		const { outcome, details } = json as { outcome?: string; details?: { outcome?: string } };
		return outcome ?? details?.outcome;
	});
}
