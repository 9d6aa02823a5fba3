import type { IDataObject } from 'n8n-workflow';

import { objectsAsJson } from '../../transport/declaration/vocabulary';

const queryOf = async (qs?: IDataObject) =>
	(await objectsAsJson.call(undefined as never, { url: '/', qs })).qs;

describe('objectsAsJson', () => {
	it('makes JSON text of every object in the query', async () => {
		expect(await queryOf({ e: { ad_platform: 'AdMob', level: 2 }, list: ['a', 1] })).toEqual({
			e: '{"ad_platform":"AdMob","level":2}',
			list: '["a",1]',
		});
	});

	it('leaves what is no object as it is', async () => {
		const qs = { text: '{"a":1}', number: 1.5, yes: true, no: false, none: null, empty: '' };
		expect(await queryOf(qs)).toStrictEqual(qs);
	});

	it('is content without a query', async () => {
		expect(await queryOf()).toEqual({});
	});

	it('leaves the rest of the request, and the request that it was given', async () => {
		const request = {
			url: '/x',
			method: 'GET' as const,
			body: { a: { b: 1 } },
			qs: { e: { a: 1 } },
		};
		const sent = await objectsAsJson(request);
		expect(sent).toEqual({ ...request, qs: { e: '{"a":1}' } });
		expect(request.qs).toEqual({ e: { a: 1 } });
	});
});
