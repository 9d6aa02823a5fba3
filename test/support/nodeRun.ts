import { ExecuteContext } from 'n8n-core';
import {
	createRunExecutionData,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteData,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
	type NodeExecutionHint,
} from 'n8n-workflow';

/** A node and what surrounds one run of it. */
export interface NodeSetup {
	readonly nodeType: INodeType;
	readonly parameters: INodeParameters;
	readonly credential?: ICredentialDataDecryptedObject;
	readonly items: readonly IDataObject[];
	readonly settings?: Partial<Pick<INode, 'onError' | 'retryOnFail'>>;
	readonly abortSignal?: AbortSignal;
}

/** n8n-core's own context for one run of the node: nothing of it is imitated but the surroundings. */
export function createContext({
	nodeType,
	parameters,
	credential,
	items,
	settings = {},
	abortSignal = new AbortController().signal,
}: NodeSetup): ExecuteContext {
	const { name, credentials = [] } = nodeType.description;
	const credentialType = credentials[0]?.name ?? '';
	const node: INode = {
		id: 'node-1',
		name: 'Node under test',
		type: name,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { [credentialType]: { id: 'credential-1', name: 'Test' } },
		...settings,
	};
	const nodeTypes: INodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	// the constructor fills in the defaults of the parameters, as n8n does
	const workflow = new Workflow({
		id: 'workflow-1',
		name: 'Test',
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes,
		settings: {},
	});
	const inputItems: INodeExecutionData[] = items.map((json, item) => ({
		json,
		pairedItem: { item },
	}));
	const executeData: IExecuteData = { node, data: { main: [inputItems] }, source: null };
	const additionalData = {
		credentialsHelper: {
			isCredentialUsableByNode: () => true,
			getDecrypted: () => Promise.resolve(credential),
			getParentTypes: () => [],
		},
		executionId: 'execution-1',
		restApiUrl: 'http://localhost',
		instanceBaseUrl: 'http://localhost',
		formWaitingBaseUrl: 'http://localhost',
		webhookBaseUrl: 'http://localhost',
		webhookWaitingBaseUrl: 'http://localhost',
		webhookTestBaseUrl: 'http://localhost',
		variables: {},
		setExecutionStatus: () => undefined,
	} as unknown as IWorkflowExecuteAdditionalData;

	return new ExecuteContext(
		workflow,
		workflow.getNode(node.name) ?? node,
		additionalData,
		'manual',
		createRunExecutionData(),
		0,
		inputItems,
		{ main: [inputItems] },
		executeData,
		[],
		abortSignal,
	);
}

/** What a run of the node gave. */
export interface NodeResult {
	readonly items: readonly INodeExecutionData[];
	readonly hints: readonly NodeExecutionHint[];
}

/** Runs the node once; what it throws is thrown. */
export async function runNode(setup: NodeSetup): Promise<NodeResult> {
	return await runIn(createContext(setup), setup.nodeType);
}

/** Runs the node once more in the same context, as n8n's Retry On Fail does. */
export async function runIn(context: ExecuteContext, nodeType: INodeType): Promise<NodeResult> {
	const output = await nodeType.execute?.call(context);
	return { items: (output as INodeExecutionData[][])[0] ?? [], hints: context.hints };
}
