/** The nodes as people meet them in n8n's editor, read from the page. One n8n and one browser serve all. */
import { agentScenes } from './agent.scenes';
import { credentialScenes } from './credentials.scenes';
import { endingScenes } from './endings.scenes';
import { fileScenes } from './files.scenes';
import { lookScenes } from './look.scenes';
import { mappingScenes } from './mapping.scenes';
import { queueScenes } from './queue.scenes';
import { stage, start, stop } from './scenes';

beforeAll(start);
afterAll(stop);
beforeEach(() => {
	stage.sandbox.reset();
});

const scenes = {
	mapping: mappingScenes,
	'the credentials': credentialScenes,
	'how a run ends': endingScenes,
	'the queue': queueScenes,
	'a file': fileScenes,
	'an agent': agentScenes,
	'how it looks': lookScenes,
};

describe.each(Object.entries(scenes))('%s', (_name, define) => {
	define();
});
