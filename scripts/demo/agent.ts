/** The example of an agent, with its credentials chosen. */
import type { CredentialReference, WorkflowInput } from '../n8n/types';
import { packageName } from '../package/project';
import { readWorkflow, type Credentials } from './run';

export const agentExample = { workflow: 'agent.json' };

/** @param openAi of its chat model */
export async function readyAgent(
	credentials: Credentials,
	openAi: CredentialReference,
): Promise<WorkflowInput> {
	const workflow = await readWorkflow(agentExample.workflow);
	const singular = credentials.get('singularApi');
	for (const node of workflow.nodes) {
		if (node.type.endsWith('.lmChatOpenAi')) node.credentials = { openAiApi: openAi };
		if (node.type === `${packageName}.singularTool` && singular) {
			node.credentials = { singularApi: singular };
		}
	}
	return workflow;
}
