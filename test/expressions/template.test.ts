import { columnsNamedIn } from '../../transport/expressions/template';

describe('the columns that an expression names', () => {
	it.each<[string, string[]]>([
		['={{ $json.app }}', ['app']],
		['={{ $json["app id"] }}-{{ $json?.os }}', ['app id', 'os']],
		["={{ $json['a'].b.c }}", ['a']],
		['={{ $json?.["a"] ?? $json . b }}', ['a', 'b']],
		['={{ $input.item.json.a + $("Rows").item.json["b"] }}', ['a', 'b']],
		['={{ [1].map((x) => x + $json.a) }}', ['a']],
		['=text $json.a {{ 1 }}', []],
		['={{ JSON.stringify($json) }}', []],
		['={{ $json[$json.key] }}', ['key']],
		['={{ jsonish.a + my$jsonx.b }}', []],
	])('%s', (expression, columns) => {
		expect(columnsNamedIn(expression)).toEqual(columns);
	});
});
