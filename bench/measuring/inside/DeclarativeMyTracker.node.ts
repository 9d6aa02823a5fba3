import type { INodeType, INodeTypeDescription } from 'n8n-workflow';

import { declarationOf } from './declarative';

/** Our myTracker node's description without our `execute`: n8n runs its routing. */
export class DeclarativeMyTracker implements INodeType {
	description: INodeTypeDescription = declarationOf('MyTracker', 'declarativeMyTracker');
}
