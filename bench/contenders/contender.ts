/** What is compared, and by which names. */
import type { INode } from 'n8n-workflow';

/** What can run inside n8n. */
export type NodeContender =
	| 'httpRequest'
	| 'httpRequest50'
	| 'httpRequest200'
	| 'declarative'
	| 'oursBelow'
	| 'oursAuto'
	| 'oursUnrecorded'
	| 'oursFile'
	| 'oursFileUnrecorded'
	| 'httpRequestComputed'
	| 'oursComputed'
	| 'baseline';

export type Contender = NodeContender | 'floor' | 'fileFloor';

/** A contender's node, without its place in a workflow. */
export type NodeUnderTest = Pick<INode, 'type' | 'typeVersion' | 'parameters' | 'credentials'>;

/** As the tables name them. The numbers are those of the list above the tables. */
export const labels: Readonly<Record<Contender, string>> = {
	httpRequest: '1 HTTP Request, defaults',
	httpRequest50: '2 HTTP Request, batches of 50',
	httpRequest200: '2 HTTP Request, batches of 200',
	declarative: '3 declarative',
	oursBelow: '4 ours, defineBelow',
	oursAuto: '5 ours, autoMapInputData',
	oursUnrecorded: '4 ours, defineBelow, Delivery Record off',
	oursFile: '4 ours, from a file',
	oursFileUnrecorded: '4 ours, from a file, Delivery Record off',
	floor: '6 floor, bare undici',
	fileFloor: '7 bare csv-parse and undici',
	httpRequestComputed: '1 HTTP Request, one computed field',
	oursComputed: '4 ours, one computed field',
	baseline: 'baseline: a node that sends nothing',
};

/** The contenders that are our node. */
export const ours: readonly Contender[] = [
	'oursBelow',
	'oursAuto',
	'oursUnrecorded',
	'oursFile',
	'oursFileUnrecorded',
	'oursComputed',
];

/** Those that read a file: one item comes of all its events. */
export const fromFile: readonly Contender[] = ['oursFile', 'oursFileUnrecorded'];

/** The node that people use without ours, at its default and in batches. */
export const httpRequests: readonly Contender[] = [
	'httpRequest',
	'httpRequest50',
	'httpRequest200',
];
