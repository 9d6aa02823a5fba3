import { ExecuteContext } from 'n8n-core';
import {
	createRunExecutionData,
	Expression,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type ICredentialType,
	type IExecuteData,
	type IHttpRequestOptions,
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
	/** n8n's own, of the delivery record. */
	readonly postgres?: ICredentialDataDecryptedObject;
	/** Only for requests that n8n itself authenticates. */
	readonly credentialType?: ICredentialType;
	readonly items: readonly IDataObject[];
	readonly settings?: Partial<Pick<INode, 'onError' | 'retryOnFail' | 'continueOnFail' | 'type'>>;
	readonly abortSignal?: AbortSignal;
}

/** n8n-core's own context for one run of the node: nothing of it is imitated but the surroundings. */
export function createContext({
	nodeType,
	parameters,
	credential,
	postgres,
	credentialType,
	items,
	settings = {},
	abortSignal = new AbortController().signal,
}: NodeSetup): ExecuteContext {
	const { name, credentials = [] } = nodeType.description;
	const credentialName = credentials[0]?.name ?? '';
	const node: INode = {
		id: 'node-1',
		name: 'Node under test',
		type: name,
		typeVersion: 1,
		position: [0, 0],
		// a test of the record brings a folder of its own
		parameters: { deliveryRecord: 'off', ...parameters },
		credentials: {
			[credentialName]: { id: 'credential-1', name: 'Test' },
			...(postgres && { postgres: { id: 'credential-2', name: 'Record' } }),
		},
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
			getDecrypted: (_data: unknown, _of: unknown, type: string) =>
				Promise.resolve(type === 'postgres' ? postgres : credential),
			getParentTypes: () => [],
			preAuthentication: () => Promise.resolve(undefined),
			authenticate: (values: object, _type: string, request: IHttpRequestOptions) =>
				Promise.resolve(authenticate(request, credentialType, values)),
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

/** As n8n's credentials helper does it for generic authentication. */
function authenticate(
	request: IHttpRequestOptions,
	type: ICredentialType | undefined,
	$credentials: object,
): IHttpRequestOptions {
	if (type?.authenticate === undefined || typeof type.authenticate === 'function') return request;
	const { qs = {}, headers = {} } = type.authenticate.properties;
	const resolve = (templates: object) =>
		Object.fromEntries(
			Object.entries(templates).map(([key, template]) => [
				key,
				Expression.resolveWithoutWorkflow(String(template).replace(/^=/, ''), { $credentials }),
			]),
		);
	return {
		...request,
		qs: { ...request.qs, ...resolve(qs) },
		headers: { ...request.headers, ...resolve(headers) },
	};
}
