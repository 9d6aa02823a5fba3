import type { INode } from 'n8n-workflow';

/** Whether an agent's model reads what the node gives: n8n ends the types of its tools so. */
export function isTool({ type }: INode): boolean {
	return type.endsWith('Tool');
}
