import dns from 'node:dns';
import { addAbortSignal, Readable } from 'node:stream';

import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	ICredentialType,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import type { Reply } from '../model/answer';
import type { CredentialQuestion } from '../model/provider';
import { withAddress } from './address';
import { keepLocalhost, NotLoopback } from './loopback';
import { credentialProblem, readCredential, type UsableCredential } from './read';
import { createRedactorOf } from './secrets';

/** For all of it: looking the name up, connecting, the answer to its last byte. */
const TIMEOUT_MS = 10_000;
const MAX_BODY_BYTES = 64 * 1024;

/** Checks the shape of a credential's values, asks, and puts the answer in a sentence. */
export async function testCredential(
	context: ICredentialTestFunctions,
	type: ICredentialType,
	entered: ICredentialDataDecryptedObject,
	question: CredentialQuestion,
): Promise<INodeCredentialTestResult> {
	const values = withAddress(type, entered);
	const redact = createRedactorOf(type, values);
	const badShape = credentialProblem(type, values, question.baseUrlParts);
	if (badShape !== undefined) return { status: 'Error', message: redact(badShape) };

	const credential = readCredential(type, values, question.baseUrlParts);
	const problem = await ask(context, credential, question, whatToCheck(entered));
	// masked: a secret may be part of the host name
	const { host } = credential.maskedBaseUrl;
	return problem === undefined
		? { status: 'OK', message: redact(`${host} answers. ${question.success}`) }
		: { status: 'Error', message: redact(problem) };
}

/** What speaks against the credential, in a sentence. Never throws. */
async function ask(
	context: ICredentialTestFunctions,
	credential: UsableCredential,
	question: CredentialQuestion,
	toCheck: string,
): Promise<string | undefined> {
	const { host } = credential.maskedBaseUrl;
	const deadline = new AbortController();
	const timer = setTimeout(() => {
		deadline.abort();
	}, TIMEOUT_MS);
	const isOver = new Promise<never>((_, reject) => {
		deadline.signal.addEventListener('abort', () => {
			reject(new Error('timeout'));
		});
	});
	const { signal } = deadline;
	try {
		const addresses = await Promise.race([addressesOf(credential.baseUrl), isOver]);
		const asked = firstAnswer(addresses, (address) =>
			request(context, address, credential, question, signal),
		);
		const { statusCode: status, body } = await Promise.race([asked, isOver]);
		// 501 is about a method: there is a server, and it is well
		if (status >= 500 && status !== 501) return `${host} answered ${status}. Try again later.`;
		const beginning = await beginningOf(body, signal);
		return question.problemOf({ kind: 'reply', status, headers: {}, ...beginning });
	} catch (error) {
		// the client's own message may hold anything; what the user can do is the same
		if (signal.aborted) return `${host} gave no answer within 10 s. ${toCheck}`;
		if (error instanceof NotLoopback) {
			return `${host} leads to another machine, and http may only go to this one: nothing was sent. Use https, or 127.0.0.1.`;
		}
		if (error instanceof ProxyInTheWay) {
			return `n8n would send this through its proxy, and http may only go to this machine: nothing was sent. Add ${host} to NO_PROXY.`;
		}
		return `${host} cannot be reached. ${toCheck}`;
	} finally {
		clearTimeout(timer);
	}
}

function whatToCheck({ useSandbox }: ICredentialDataDecryptedObject): string {
	return useSandbox === true
		? 'Start the sandbox (npm run sandbox), and check the Sandbox URL.'
		: 'Check the Base URL.';
}

/** n8n's proxy settings would take the secret elsewhere. */
class ProxyInTheWay extends Error {}

/**
 * The addresses to ask, one after the other. Plain http goes to this machine alone: there
 * `localhost` is looked up before, and what was found is what is asked.
 *
 * @throws {NotLoopback} where it is another machine
 * @throws {ProxyInTheWay} where n8n would send it through a proxy
 */
async function addressesOf(baseUrl: URL): Promise<readonly URL[]> {
	if (baseUrl.protocol !== 'http:') return [baseUrl];
	const hosts = baseUrl.hostname === 'localhost' ? await lookUpLocalhost() : [baseUrl.hostname];
	if (!hosts.every(goesDirectly)) throw new ProxyInTheWay();
	return hosts.map((host) => Object.assign(new URL(baseUrl), { hostname: host }));
}

/** The addresses of `localhost`, as they stand in a URL. */
function lookUpLocalhost(): Promise<string[]> {
	return new Promise((resolve, reject) => {
		keepLocalhost(dns.lookup)('localhost', { all: true }, (error, found) => {
			if (error !== null || typeof found === 'string') reject(error ?? new NotLoopback());
			else resolve(found.map(({ address, family }) => (family === 6 ? `[${address}]` : address)));
		});
	});
}

function goesDirectly(host: string): boolean {
	const valueOf = (name: string) => process.env[name] ?? process.env[name.toUpperCase()] ?? '';
	const excepted = valueOf('no_proxy').split(/[\s,]+/);
	return (
		(valueOf('http_proxy') === '' && valueOf('all_proxy') === '') ||
		excepted.includes(host) ||
		excepted.includes('*')
	);
}

/** What n8n gives of an answer. */
interface FullResponse {
	readonly statusCode: number;
	readonly body: unknown;
}

async function firstAnswer(
	addresses: readonly URL[],
	ask: (address: URL) => Promise<FullResponse>,
): Promise<FullResponse> {
	let failure: unknown;
	for (const address of addresses) {
		try {
			return await ask(address);
		} catch (error) {
			failure = error;
		}
	}
	throw failure;
}

async function request(
	context: ICredentialTestFunctions,
	address: URL,
	{ placement }: UsableCredential,
	question: CredentialQuestion,
	signal: AbortSignal,
): Promise<FullResponse> {
	// n8n offers no other request here, and this one keeps to its egress policy
	return (await context.helpers.request({
		method: question.method,
		uri: address.href.replace(/\/+$/, '') + question.path,
		...(question.carriesSecret && { headers: placement.headers, qs: placement.query }),
		body: question.body,
		simple: false,
		resolveWithFullResponse: true,
		followRedirect: false,
		timeout: TIMEOUT_MS,
		// n8n would read all of a body, and has no time limit for an answer that drips
		useStream: true,
		agentOptions: { signal },
	})) as FullResponse;
}

/** The first 64 kB of a body, or what of it came in time. */
async function beginningOf(
	body: unknown,
	signal: AbortSignal,
): Promise<Pick<Reply, 'body' | 'truncated'>> {
	if (!(body instanceof Readable)) {
		return { body: typeof body === 'string' ? body : '', truncated: false };
	}
	const chunks: Buffer[] = [];
	let bytes = 0;
	let truncated = false;
	addAbortSignal(signal, body);
	try {
		for await (const chunk of body as AsyncIterable<Buffer>) {
			chunks.push(chunk);
			bytes += chunk.length;
			truncated = bytes > MAX_BODY_BYTES;
			// leaving the loop closes the connection
			if (truncated) break;
		}
	} catch {
		truncated = true;
	}
	return { body: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8'), truncated };
}
