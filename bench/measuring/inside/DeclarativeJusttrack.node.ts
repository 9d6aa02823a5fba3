import type { INodeType, INodeTypeDescription } from 'n8n-workflow';

import { declarationOf } from './declarative';

/** Our justtrack node's description without our `execute`: n8n runs its routing. */
export class DeclarativeJusttrack implements INodeType {
	description: INodeTypeDescription = declarationOf('Justtrack', 'declarativeJusttrack');
}
