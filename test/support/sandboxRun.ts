import type { IDataObject, INodeParameters, INodeType } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import { paces } from '../../transport/pace/sharedPace';
import { run } from '../../transport/run';
import type { Subject } from '../providers';
import { createContext, runIn, type NodeResult, type NodeSetup } from './nodeRun';
import { trustedCertificate } from './trust';

/** Whether this file of tests runs over HTTP/2. */
export const isOverHttp2 = process.env.SANDBOX_TLS !== undefined;

/** How many events a large table has: fewer over HTTP/2, where the same tests run once more. */
export const tableOf = (events: number) => (isOverHttp2 ? events / 5 : events);

const tlsIfAsked = async () => (isOverHttp2 ? await trustedCertificate() : undefined);

/** One sandbox for a test file, emptied before each test; nothing that a test found slows the next. */
export function useSandbox(): () => Sandbox {
	let sandbox: Sandbox | undefined;
	const started = () => {
		if (!sandbox) throw new Error('the sandbox is started before the first test');
		return sandbox;
	};
	beforeAll(async () => {
		sandbox = await startSandbox({ tls: await tlsIfAsked() });
	});
	beforeEach(() => {
		started().reset();
		paces.clear();
	});
	afterAll(async () => {
		await sandbox?.close();
	});
	return started;
}

export async function withSandbox<T>(use: (sandbox: Sandbox) => Promise<T>): Promise<T> {
	const sandbox = await startSandbox({ tls: await tlsIfAsked() });
	try {
		return await use(sandbox);
	} finally {
		await sandbox.close();
	}
}

/**
 * A test with a sandbox of its own, side by side with all others that its block declares this way.
 * Jest runs no hooks for such tests, nor those of two blocks at once: where subjects should not
 * wait for each other, they are named in `name` instead of by a `describe`.
 */
export function testSideBySide(name: string, body: (sandbox: Sandbox) => Promise<void>): void {
	test.concurrent(name, () => withSandbox(body), 60_000);
}

/** How a test differs from the plain run: automatic mapping, items go on after an error. */
export interface Variation {
	readonly parameters?: INodeParameters;
	readonly options?: INodeParameters;
	readonly credential?: IDataObject;
	/** n8n's own, of the delivery record. */
	readonly postgres?: IDataObject;
	readonly settings?: NodeSetup['settings'];
	readonly abortSignal?: AbortSignal;
	/** Other waits than the usual ones, which `execute` of the nodes leaves no way to give. */
	readonly patience?: Parameters<typeof run>[2];
}

/** A context for the subject's node against the sandbox, to be run once or, as a retry, again. */
export function prepare(
	subject: Subject,
	baseUrl: string,
	items: readonly IDataObject[],
	{
		parameters,
		options = {},
		credential,
		postgres,
		settings,
		abortSignal,
		patience,
	}: Variation = {},
) {
	const nodeType = createNode(subject, patience);
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
		postgres: postgres as never,
		items,
		settings: { onError: 'continueRegularOutput', ...settings },
		abortSignal,
	});
	return { context, run: (): Promise<NodeResult> => runIn(context, nodeType) };
}

/** The subject's node, whose `execute` is its own, unless the waits are other than the usual ones. */
function createNode(subject: Subject, patience: Variation['patience']): INodeType {
	const nodeType = subject.createNode();
	if (patience) {
		nodeType.execute = function () {
			return run(this, subject.provider, patience);
		};
	}
	return nodeType;
}

/** The outcome of each output item, wherever the Contract puts it. */
export function outcomesOf({ items }: NodeResult): unknown[] {
	return items.map(({ json }) => {
		const { outcome, details } = json as { outcome?: string; details?: { outcome?: string } };
		return outcome ?? details?.outcome;
	});
}
