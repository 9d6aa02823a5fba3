import { isInQueueMode } from '../../transport/input/queueMode';

const { argv, env } = process;

afterEach(() => {
	process.argv = argv;
	process.env = env;
});

it.each([
	[{}, ['node', 'n8n', 'start'], false],
	[{ EXECUTIONS_MODE: 'regular' }, ['node', 'n8n'], false],
	[{ EXECUTIONS_MODE: 'queue' }, ['node', 'n8n'], true],
	[{}, ['node', 'n8n', 'worker', '--concurrency=5'], true],
])('n8n with %j, started by %j, has workers: %p', (own, command, has) => {
	process.env = own;
	process.argv = command;
	expect(isInQueueMode()).toBe(has);
});
