/** The contenders as n8n nodes: the same events, the same eight mapped columns. */
import type { NodeContender, NodeUnderTest } from './contender';
import { amountColumn, columns, type ProviderName } from './events';
import { batchesOf, httpRequest } from './httpRequest';
import { declarative, oursByColumnName, oursFieldByField } from './ours';

export function nodeOf(
	contender: NodeContender,
	provider: ProviderName,
	origin: string,
): NodeUnderTest {
	switch (contender) {
		case 'httpRequest':
			return httpRequest(provider, origin, mappings(provider));
		case 'httpRequest50':
			return httpRequest(provider, origin, mappings(provider), batchesOf(50));
		case 'httpRequest200':
			return httpRequest(provider, origin, mappings(provider), batchesOf(200));
		case 'httpRequestComputed':
			return httpRequest(provider, origin, computedMappings(provider));
		case 'declarative':
			return declarative(provider, mappings(provider));
		case 'oursBelow':
			return oursFieldByField(provider, mappings(provider));
		case 'oursUnrecorded':
			return oursFieldByField(provider, mappings(provider), { deliveryRecord: 'off' });
		case 'oursFile':
			return oursFieldByField(provider, mappings(provider), { source: 'file' });
		case 'oursFileUnrecorded':
			return oursFieldByField(provider, mappings(provider), {
				source: 'file',
				deliveryRecord: 'off',
			});
		case 'oursComputed':
			return oursFieldByField(provider, computedMappings(provider));
		case 'oursAuto':
			return oursByColumnName(provider);
		case 'baseline':
			return { type: 'CUSTOM.benchBaseline', typeVersion: 1, parameters: {} };
	}
}

/** Column to expression, as dragging each column onto its field leaves it. */
function mappings(provider: ProviderName): Record<string, string> {
	return Object.fromEntries(columns[provider].map((column) => [column, `={{ $json.${column} }}`]));
}

/** The same, with one field that is not a plain column. */
function computedMappings(provider: ProviderName): Record<string, string> {
	const column = amountColumn[provider];
	return { ...mappings(provider), [column]: `={{ $json.${column} * 1.1 }}` };
}
